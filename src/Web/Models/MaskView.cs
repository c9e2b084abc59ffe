using System.Text;
using Juxta.Engine;
using Juxta.Engine.Chat;
using Juxta.Engine.Tokenization;
using Juxta.Training;
using Juxta.Training.Corpora;
using Juxta.Training.Dialogues;
using Juxta.Training.Preview;
using Juxta.Training.Recipes;
using Juxta.Training.Samples;
using Juxta.Web.Chat;
using Juxta.Workbench.Models;

namespace Juxta.Web.Models;

/// <summary>What a model would learn from a conversation or a text: which tokens of its samples carry loss. Needs the tokenizer alone: no weights are read.</summary>
public sealed class MaskView(ModelShelf shelf)
{
    /// <summary>UTF-16 units of a text to look at.</summary>
    public const int LongestText = 100_000;

    /// <summary>A conversation with a word that is a role's and an end that a user types: neither carries loss.</summary>
    public const string Example = "system: You are an assistant.\nuser: Hello, assistant!\nassistant: Hello. What can I do for you?\nuser: What does <|im_end|> do?\nassistant: It ends a turn, so it is learnt with every answer.";

    /// <summary>The model whose template is used; null = the first that is offered.</summary>
    public string? Model { get; set; }

    /// <summary>A name of <see cref="SampleRecipes"/>.</summary>
    public string Mode { get; set; } = "session";

    /// <summary>Turns such as "user: Hello", records of a training file, or for modes of texts any text.</summary>
    public string Text { get; set; } = Example;

    /// <summary>What was made last; empty before and after a failure.</summary>
    public IReadOnlyList<MaskedSample> Shown { get; private set; } = [];

    /// <summary>Why there is none.</summary>
    public Notice? Failure { get; private set; }

    int _requests;

    /// <summary>Makes the samples. What was asked for last is what stays, whichever is ready last.</summary>
    public async Task RenderAsync()
    {
        int request = Interlocked.Increment(ref _requests);
        (IReadOnlyList<MaskedSample> shown, Notice? failure) = await TryRenderAsync();
        if (request == Volatile.Read(ref _requests)) (Shown, Failure) = (shown, failure);
    }

    async Task<(IReadOnlyList<MaskedSample> Shown, Notice? Failure)> TryRenderAsync()
    {
        (string? model, string text, string mode) = (Model ?? shelf.FirstId, Text, Mode);
        try
        {
            if (text.Length > LongestText) throw new RequestException($"it has {text.Length} characters; at most {LongestText} are shown here", "the text");
            if (model is null) throw new RequestException("no model is offered: start with juxta serve --model DIR", "the model");
            Tokenizer tokenizer = await shelf.TokenizerAsync(model)
                ?? throw new RequestException($"{model} has no tokenizer: there is no text to learn from, only token ids", "the model");
            return (await Task.Run(() => Make(tokenizer, SampleRecipes.Find(mode), text)), null);
        }
        catch (Exception e)
        {
            return ([], e is SampleException or ChatTemplateException ? new Notice("No sample can be made of this", e.Message) : Notices.Of(e));
        }
    }

    static List<MaskedSample> Make(Tokenizer tokenizer, SampleMode mode, string text)
    {
        SampleRecipe recipe = mode.Create(new RecipeSettings(tokenizer));
        return [.. Records(mode, text).SelectMany(record => recipe.Samples(record).Select(sample => MaskedSample.Of(tokenizer, record, sample)))];
    }

    static IEnumerable<CorpusRecord> Records(SampleMode mode, string text)
    {
        if (text.TrimStart() is ['{' or '[', ..]) return CorpusFile.Parse("the text", Encoding.UTF8.GetBytes(text));
        var typed = new CorpusRecord("the text", 1);
        if (mode.ReadsTexts) return [typed with { Text = text }];
        return [typed with { Dialogue = new Dialogue([.. ConversationText.Read(text).Messages.Select(message => new DialogueMessage(message.Role, message.Content))]) }];
    }
}

/// <summary>A sample as the page shows it.</summary>
/// <param name="Stretches">Text with its author, and whether it carries loss.</param>
/// <param name="Sample">Its ids, labels and remarks.</param>
public sealed record MaskedSample(IReadOnlyList<(string Text, string Author, bool Loss)> Stretches, TrainingSample Sample)
{
    internal static MaskedSample Of(Tokenizer tokenizer, CorpusRecord record, TrainingSample sample) =>
        new([.. PaintedToken.Stretches(PaintedToken.Of(tokenizer, record, sample))], sample);
}
