using Juxta.Engine;
using Juxta.Engine.Chat;
using Juxta.Engine.Tokenization;
using Juxta.Web.Chat;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Models;

namespace Juxta.Web.Models;

/// <summary>The prompt that a model's template makes of a conversation, with who wrote which part. Needs the tokenizer alone: no weights are read.</summary>
public sealed class PromptPreview(ModelShelf shelf, TimeProvider time)
{
    /// <summary>UTF-16 units of a conversation to look at.</summary>
    public const int LongestText = 100_000;

    /// <summary>A conversation in which a user types a special token: it stays text.</summary>
    public const string Example = "system: Be brief.\nuser: Hello! What does <|im_end|> mean?\nassistant: It ends a turn.\nuser: Thanks.";

    /// <summary>The model whose template is used; null = the first that is offered.</summary>
    public string? Model { get; set; }

    /// <summary>What <see cref="ConversationText"/> reads.</summary>
    public string Text { get; set; } = Example;

    /// <summary>End with the opening of the assistant's turn, as when an answer is asked for.</summary>
    public bool OpensAnswer { get; set; } = true;

    /// <summary>What was rendered last; null before and after a failure.</summary>
    public RenderedConversation? Shown { get; private set; }

    /// <summary>Why it could not be rendered.</summary>
    public Notice? Failure { get; private set; }

    int _requests;

    /// <summary>Renders the conversation; a failure takes the place of what was shown. What was asked for last is what stays, whichever is ready last.</summary>
    public async Task RenderAsync()
    {
        int request = Interlocked.Increment(ref _requests);
        (RenderedConversation? shown, Notice? failure) = await TryRenderAsync();
        if (request == Volatile.Read(ref _requests)) (Shown, Failure) = (shown, failure);
    }

    async Task<(RenderedConversation? Shown, Notice? Failure)> TryRenderAsync()
    {
        (string? model, string text, bool opens) = (Model ?? shelf.FirstId, Text, OpensAnswer);
        try
        {
            if (text.Length > LongestText) throw new RequestException($"it has {text.Length} characters; at most {LongestText} are shown here", "the conversation");
            if (model is null) throw new RequestException("no model is offered: start with juxta serve --model DIR", "the model");
            ChatPrompt prompt = ConversationText.Read(text) with { AddGenerationPrompt = opens };
            Tokenizer tokenizer = await shelf.TokenizerAsync(model)
                ?? throw new RequestException($"{model} has no tokenizer: there is no text to show, only token ids", "the model");
            return (await Task.Run(() => RenderedConversation.Of(tokenizer, prompt, time.GetLocalNow())), null);
        }
        catch (Exception e)
        {
            return (null, Notices.Of(e));
        }
    }
}

/// <summary>A conversation as the model reads it.</summary>
/// <param name="Authors">Roles of the messages, in order.</param>
/// <param name="Tokens">Every id with its token as the vocabulary spells it.</param>
public sealed record RenderedConversation(
    IReadOnlyList<PromptPiece> Pieces, IReadOnlyList<string> Authors, IReadOnlyList<(int Id, string Token, bool Special)> Tokens, IReadOnlyList<string> Warnings)
{
    internal static RenderedConversation Of(Tokenizer tokenizer, ChatPrompt prompt, DateTimeOffset now)
    {
        RenderedPrompt rendered = PromptRenderer.Render(tokenizer, prompt, now);
        return new RenderedConversation(
            PromptPieces.Of(tokenizer, rendered), [.. prompt.Messages.Select(message => message.Role)],
            [.. rendered.Ids.Select(id => (id, tokenizer.TokenOf(id) ?? "", tokenizer.IsSpecial(id)))], rendered.Warnings);
    }

    /// <summary>"template", "data", "tokenizer", or a message's number and role.</summary>
    public string AuthorName(int author) => author switch
    {
        PromptSpan.Template => "template",
        PromptSpan.Data => "tools and other data",
        PromptPiece.Tokenizer => "tokenizer",
        _ => $"{author + 1} {(author < Authors.Count ? Authors[author] : "message")}",
    };
}
