using Juxta.Engine.Chat;
using Juxta.Engine.Tokenization;
using Juxta.Training.Dialogues;

namespace Juxta.Training.Masks;

/// <summary>
/// Which tokens may end an answer: the tokenizer's special tokens, but none that a model must never write: a beginning of sequence, padding, the unknown token,
/// and what opens the assistant's own turn.
/// </summary>
internal sealed class EndTokens
{
    readonly Tokenizer _tokenizer;
    readonly HashSet<int> _never = [];

    /// <param name="tokenizer">The model's.</param>
    /// <param name="opening">Special tokens that open the assistant's turn.</param>
    public EndTokens(Tokenizer tokenizer, IEnumerable<int> opening)
    {
        _tokenizer = tokenizer;
        _never.UnionWith(opening);
        foreach (int? id in (int?[])[tokenizer.BosId, tokenizer.PadId, tokenizer.UnkId])
            if (id is int token) _never.Add(token);
        // Some vocabularies have one token for several roles; as the end of sequence it may be written.
        if (tokenizer.EosId is int eos) _never.Remove(eos);
    }

    /// <param name="format">The model's.</param>
    /// <param name="before">The messages before an answer.</param>
    public static EndTokens Of(ChatFormat format, Dialogue before)
    {
        PromptText without = format.Render(before, addGenerationPrompt: false), with = format.Render(before, addGenerationPrompt: true);
        int written = with.Spans.LastOrDefault(span => span.Message != PromptSpan.Template).End, added = with.Text.AsSpan().CommonPrefixLength(without.Text);
        if (added > written && added < with.Text.Length) return new EndTokens(format.Tokenizer, Specials(with.Text[added..]));
        // Some templates close the last message only when they open the answer, or open it always: then the first of several tokens is the one that closes.
        int[] specials = Specials(with.Text[written..]);
        return new EndTokens(format.Tokenizer, specials.Length > 1 ? specials[1..] : specials);

        int[] Specials(string text) => [.. format.Tokenizer.Encode(PromptText.Trusted(text)).Where(format.Tokenizer.IsSpecial)];
    }

    /// <summary>Whether a token is one of those that structure a conversation.</summary>
    public bool IsSpecial(int id) => _tokenizer.IsSpecial(id) || id == _tokenizer.EosId;

    /// <summary>Whether an answer may end with it.</summary>
    public bool MayEnd(int id) => IsSpecial(id) && !_never.Contains(id);

    /// <summary>The token that would follow an answer: the first special one of a stretch of template text, if an answer may end with it.</summary>
    public int? FirstOf(string templateText)
    {
        int[] specials = [.. _tokenizer.Encode(PromptText.Trusted(templateText)).Where(IsSpecial)];
        return specials.Length > 0 && MayEnd(specials[0]) ? specials[0] : null;
    }
}
