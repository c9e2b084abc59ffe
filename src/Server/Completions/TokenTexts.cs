using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Juxta.Engine.Tokenization;

namespace Juxta.Server.Completions;

/// <summary>Tokens as the API shows them: bytes, and text where the bytes are whole characters.</summary>
/// <param name="tokenizer">Null for a checkpoint that has none: then there is no text, and tokens are shown as ids.</param>
/// <param name="asIds">Show tokens as <c>token_id:403</c>, as vLLM's return_tokens_as_token_ids does: no two look the same.</param>
internal sealed class TokenTexts(Tokenizer? tokenizer, bool asIds = false)
{
    readonly bool _asIds = asIds || tokenizer is null;

    /// <summary>OpenAI's stand-in for the logarithm of nothing, which JSON cannot write.</summary>
    const float NoProbability = -9999;

    public string Decode(IReadOnlyList<int> ids, bool skipSpecial) => tokenizer?.Decode(ids as int[] ?? [.. ids], skipSpecial) ?? "";

    public byte[] Bytes(int id) => tokenizer?.BytesOf(id) ?? [];

    /// <summary>As chat log-probabilities show it: half characters as <c>\xe4\xbd</c>.</summary>
    public string Escaped(int id) => Show(id, "");

    /// <summary>As the completions API shows it: half characters as <c>bytes:\xe4\xbd</c>.</summary>
    public string Tagged(int id) => Show(id, "bytes:");

    /// <summary>
    /// Where each token of a prompt starts in its text, in Unicode code points. Special tokens count where the text spells them and take no room where
    /// the tokenizer added them.
    /// </summary>
    public IReadOnlyList<int> Offsets(IReadOnlyList<int> ids, string text)
    {
        if (tokenizer is null) return new int[ids.Count];

        // What the tokenizer put before the text is not in it; what the text spells out is.
        int added = 0;
        while (added < ids.Count && tokenizer.IsSpecial(ids[added]) && !text.StartsWith(Show(Bytes(ids[added]), ""), StringComparison.Ordinal)) added++;
        StreamingDecoder decoder = tokenizer.StreamDecoder();
        var offsets = new int[ids.Count];
        int length = AnswerText.CountCodePoints(text);
        int offset = 0;
        for (int i = added; i < ids.Count; i++)
        {
            offsets[i] = Math.Min(offset, length);
            offset += AnswerText.CountCodePoints(decoder.Push(ids[i]));
        }

        return offsets;
    }

    /// <summary>
    /// What stands between a prompt and an answer that are read as one text: tokenizers that mark words by the space before them leave it out at the
    /// start of a text.
    /// </summary>
    /// <param name="last">The prompt's last id.</param>
    /// <param name="first">The answer's first id.</param>
    public string Between(int last, int first)
    {
        string left = Decode([last], skipSpecial: false), right = Decode([first], skipSpecial: true), both = Decode([last, first], skipSpecial: false);
        bool more = both.Length > left.Length + right.Length && both.StartsWith(left, StringComparison.Ordinal) && both.EndsWith(right, StringComparison.Ordinal);
        return more && right.Length > 0 ? both[left.Length..^right.Length] : "";
    }

    public static float Finite(float logProb) => float.IsFinite(logProb) ? logProb : NoProbability;

    string Show(int id, string tag) => _asIds ? string.Create(CultureInfo.InvariantCulture, $"token_id:{id}") : Show(Bytes(id), tag);

    static string Show(byte[] bytes, string tag) =>
        Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : tag + string.Concat(bytes.Select(value => "\\x" + value.ToString("x2", CultureInfo.InvariantCulture)));
}
