using Juxta.Engine.Chat;
using Juxta.Engine.Tokenization;

namespace Juxta.Workbench.Chat;

/// <summary>A stretch of a prompt with one author, as a person may look at it.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Author">Index of the message that wrote it, <see cref="PromptSpan.Template"/>, <see cref="PromptSpan.Data"/> or <see cref="Tokenizer"/>.</param>
/// <param name="SpecialId">The id, where the model reads the whole stretch as one special token.</param>
public sealed record PromptPiece(string Text, int Author, int? SpecialId)
{
    /// <summary>A token that the tokenizer puts around the text: it is among the ids, not in the text.</summary>
    public const int Tokenizer = -3;
}

/// <summary>Cuts a rendered prompt where its author changes and around its special tokens.</summary>
public static class PromptPieces
{
    /// <param name="tokenizer">The one that made the ids.</param>
    /// <param name="prompt">A prompt with spans.</param>
    /// <returns>The pieces in order. Without those of <see cref="PromptPiece.Tokenizer"/> they join to the prompt's text.</returns>
    public static IReadOnlyList<PromptPiece> Of(Tokenizer tokenizer, RenderedPrompt prompt)
    {
        (int opening, int closing) = Around(tokenizer, prompt);
        var pieces = new List<PromptPiece>();
        AddAround(prompt.Ids.Take(opening));
        int at = 0;
        foreach ((int start, string token, int id) in Specials(tokenizer, prompt, opening, closing))
        {
            AddPlain(at, start);
            pieces.Add(new PromptPiece(token, AuthorAt(start), id));
            at = start + token.Length;
        }
        AddPlain(at, prompt.Text.Length);
        AddAround(prompt.Ids.Skip(prompt.Ids.Count - closing));
        return pieces;

        void AddAround(IEnumerable<int> ids) =>
            pieces.AddRange(ids.Select(id => new PromptPiece(tokenizer.TokenOf(id) ?? "", PromptPiece.Tokenizer, id)));

        void AddPlain(int from, int to)
        {
            foreach (PromptSpan span in prompt.Spans)
            {
                int start = Math.Max(from, span.Start), end = Math.Min(to, span.End);
                if (start >= end) continue;
                string text = prompt.Text[start..end];
                if (pieces.Count > 0 && pieces[^1] is { SpecialId: null } last && last.Author == span.Message) pieces[^1] = last with { Text = last.Text + text };
                else pieces.Add(new PromptPiece(text, span.Message, null));
            }
        }

        int AuthorAt(int position) => prompt.Spans.First(span => span.End > position).Message;
    }

    /// <summary>How many ids the tokenizer put before and after the text.</summary>
    static (int Opening, int Closing) Around(Tokenizer tokenizer, RenderedPrompt prompt)
    {
        int[] text = tokenizer.Encode(new PromptText(prompt.Text, prompt.Spans) { Borders = prompt.Borders });
        int[] both = tokenizer.Encode("", addSpecial: true);
        if (both.Length == 0 || prompt.Ids.Count != text.Length + both.Length) return (0, 0);
        int opening = 0;
        while (opening < both.Length && prompt.Ids[opening] == both[opening]) opening++;
        return (opening, both.Length - opening);
    }

    /// <summary>Where the special tokens among the ids stand in the text: in order, each where a token of that spelling may be recognised.</summary>
    static IEnumerable<(int Start, string Token, int Id)> Specials(Tokenizer tokenizer, RenderedPrompt prompt, int opening, int closing)
    {
        int from = 0;
        foreach (int id in prompt.Ids.Take(prompt.Ids.Count - closing).Skip(opening))
        {
            if (!tokenizer.IsSpecial(id) || tokenizer.TokenOf(id) is not { Length: > 0 } token) continue;
            int at = prompt.Text.IndexOf(token, from, StringComparison.Ordinal);
            while (at >= 0 && !WrittenByTemplate(prompt.Spans, at, at + token.Length)) at = prompt.Text.IndexOf(token, at + 1, StringComparison.Ordinal);
            if (at < 0) continue;
            yield return (at, token, id);
            from = at + token.Length;
        }
    }

    static bool WrittenByTemplate(IReadOnlyList<PromptSpan> spans, int start, int end) =>
        spans.All(span => span.End <= start || span.Start >= end || span.Message == PromptSpan.Template);
}
