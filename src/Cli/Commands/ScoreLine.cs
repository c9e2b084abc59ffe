using Juxta.Engine;
using Juxta.Training;
using Juxta.Training.Corpora;
using Juxta.Training.Masks;
using Juxta.Training.Recipes;
using Juxta.Training.Samples;

namespace Juxta.Cli.Commands;

/// <summary>Reads the lines of <c>juxta score</c>: token ids with a mask, or a conversation whose answers carry loss.</summary>
internal sealed class ScoreLine(LanguageModel model)
{
    ChatRecipe? _recipe;

    /// <summary>The texts whose losses add up to the line's.</summary>
    /// <exception cref="RequestException">Names the file and the line at fault.</exception>
    public IReadOnlyList<TrainingSample> Read(JsonField line) => (line.Find("ids"), line.Find("messages")) switch
    {
        (not null, null) => [Masked(line)],
        (null, not null) => Conversation(line),
        _ => throw line.Bad("expected {\"ids\":[…],\"label_mask\":[…]} or {\"messages\":[{\"role\",\"content\"}…]}, and one of the two"),
    };

    static TrainingSample Masked(JsonField line)
    {
        int[] ids = [.. line.Require("ids").Items().Select(id => id.Integer())], labels = [.. ids];
        if (ids.Length == 0) throw line.Require("ids").Bad("it is empty; expected one token id or more");
        if (line.Find("label_mask") is { } field)
        {
            JsonField[] mask = [.. field.Items()];
            if (mask.Length != ids.Length) throw field.Bad($"it has {mask.Length} numbers for {ids.Length} ids; expected a 0 or 1 for every token");
            for (int i = 0; i < mask.Length; i++)
            {
                int carries = mask[i].Integer();
                if (carries is not (0 or 1)) throw mask[i].Wrong("1 for a token that carries loss and 0 for any other");
                if (carries == 0) labels[i] = TrainingSample.NoLoss;
            }
        }
        var authors = new int[ids.Length];
        Array.Fill(authors, TokenAuthor.Added);
        return new TrainingSample(ids, labels, authors);
    }

    IReadOnlyList<TrainingSample> Conversation(JsonField line)
    {
        var record = new CorpusRecord(line.File, line.RecordLine) { Dialogue = DialogueRecords.Messages(line) };
        try
        {
            return [.. (_recipe ??= Recipe()).Samples(record)];
        }
        catch (SampleException error)
        {
            throw line.Bad(error.Message);
        }
    }

    /// <summary>
    /// One text for the whole conversation. ChatGLM-6B sees all of a prompt both ways, earlier answers too: there each answer is a text of its own.
    /// </summary>
    ChatRecipe Recipe()
    {
        if (model.Tokenizer is not { } tokenizer) throw new SampleException($"{model.Folder} has no tokenizer, so messages have no tokens; give lines of ids and label_mask");
        return new ChatRecipe(ChatFormat.Of(tokenizer), model.Description.Family == "chatglm" ? AnswerChoice.Split : AnswerChoice.Session, SampleLengths.Unlimited);
    }
}
