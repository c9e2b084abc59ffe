using System.Globalization;
using System.Net;
using System.Text;
using Juxta.Engine.Generation;
using Juxta.Engine.Tokenization;
using Juxta.Web.Markdown;
using Juxta.Workbench.Endpoints;
using Juxta.Workbench.Generation;

namespace Juxta.Web.Chat.Messages;

/// <summary>A token of an answer as it is shown.</summary>
/// <param name="Text">What it writes; empty where it only begins a character, which the token that completes it shows.</param>
/// <param name="Bytes">Its bytes in hexadecimal, where it is part of a character; else null.</param>
/// <param name="Special">A special token, by its name.</param>
/// <param name="Token">What the engine said, or another server without ids; null for words that the answer was given.</param>
internal sealed record TokenSpan(string Text, string? Bytes, bool Special, GeneratedToken? Token)
{
    /// <summary>What could have come instead, by another server; a token of this machine says that itself.</summary>
    public IReadOnlyList<PieceLogProb> Pieces { get; init; } = [];

    /// <summary>From how much probability on a token has which shade; below the last it has the next one.</summary>
    public static IReadOnlyList<double> Shades { get; } = [0.9, 0.5, 0.2, 0.05];

    /// <summary>All tokens of an answer.</summary>
    /// <param name="parts">The generations that wrote it, the first one first.</param>
    /// <param name="tokenizer">Of the model; without it tokens show what became visible with them.</param>
    public static IReadOnlyList<TokenSpan> Of(IReadOnlyList<GenerationRecord> parts, Tokenizer? tokenizer)
    {
        List<TokenSpan> spans = [];
        List<byte> open = [];
        if (parts is [{ Value.Spec.Remote: not null } remote])
            return [.. remote.Steps.Where(step => step.Token.Text.Length > 0).Select(step => new TokenSpan(step.Token.Text, null, false, step.Token) { Pieces = step.Remote?.Top ?? [] })];
        for (int part = 0; part < parts.Count; part++)
        {
            foreach (GeneratedToken token in parts[part].Steps.Select(step => step.Token))
            {
                // What was there before: words that the answer was given, or the parts before this one.
                if (token.Id is null && part == 0 && token.Text.Length > 0 && token.Outcome is null) spans.Add(new TokenSpan(token.Text, null, false, null));
                if (token.Id is not int id || (part + 1 < parts.Count && token.Outcome is { Kind: OutcomeKind.Eos or OutcomeKind.StopId })) continue;
                if (tokenizer is null) spans.Add(new TokenSpan(token.Text, null, false, token));
                else if (tokenizer.IsSpecial(id)) spans.Add(new TokenSpan(tokenizer.TokenOf(id) ?? "", null, true, token));
                else spans.Add(Read(tokenizer.BytesOf(id), open) with { Token = token });
            }
        }
        return spans;
    }

    /// <summary>One token by itself: an alternative.</summary>
    public static TokenSpan Of(int id, Tokenizer? tokenizer) =>
        tokenizer is null ? new TokenSpan("", null, false, null)
        : tokenizer.IsSpecial(id) ? new TokenSpan(tokenizer.TokenOf(id) ?? "", null, true, null)
        : Read(tokenizer.BytesOf(id), []);

    /// <summary>0 for the likeliest; null without a log-probability.</summary>
    public int? Shade => Token?.LogProb is float log ? Shades.TakeWhile(least => Math.Exp(log) < least).Count() : null;

    /// <summary>Text, or bytes, as one can see them: white space and what hides are written out.</summary>
    public string Visible => (Text, Bytes) switch
    {
        ({ Length: > 0 }, _) when Text.All(c => c == ' ') => Text.Replace(' ', '␣'),
        ({ Length: > 0 }, _) => VisibleText.Of(Text).Replace("\r", "␍", StringComparison.Ordinal).Replace("\n", "↵", StringComparison.Ordinal).Replace("\t", "⇥", StringComparison.Ordinal),
        (_, { } bytes) => bytes,
        _ => "∅",
    };

    /// <summary>With its spaces too.</summary>
    public string Spelled => Visible.Replace(' ', Text.Length > 0 ? '␣' : ' ');

    /// <summary>The span's markup; a token that breaks the line breaks it here too.</summary>
    /// <param name="index">Its index among the answer's spans.</param>
    public string Html(int index)
    {
        string classes = string.Join(' ', new[] { Shade is int shade ? $"p{shade}" : null, Special || Text.Length == 0 ? "mark" : null, Token is null ? "given" : null }.Where(name => name is not null));
        return string.Create(CultureInfo.InvariantCulture,
            $"<span data-token=\"{index}\" class=\"{classes}\">{WebUtility.HtmlEncode(Visible)}</span>{string.Concat(Enumerable.Repeat("\n", Text.Count(c => c == '\n')))}");
    }

    /// <param name="open">Bytes of a character that earlier tokens began; what this one leaves open afterwards.</param>
    static TokenSpan Read(byte[] bytes, List<byte> open)
    {
        bool part = open.Count > 0;
        open.AddRange(bytes);
        var text = new StringBuilder();
        ReadOnlySpan<byte> rest = open.ToArray();
        while (rest.Length > 0)
        {
            switch (Rune.DecodeFromUtf8(rest, out Rune rune, out int length))
            {
                case System.Buffers.OperationStatus.Done:
                    text.Append(rune.ToString());
                    break;
                case System.Buffers.OperationStatus.NeedMoreData:
                    open.RemoveRange(0, open.Count - rest.Length);
                    return new TokenSpan(text.ToString(), Hex(bytes), false, null);
                default:
                    text.Append(CultureInfo.InvariantCulture, $"⟨{rest[0]:X2}⟩");
                    part = true;
                    length = 1;
                    break;
            }
            rest = rest[length..];
        }
        open.Clear();
        return new TokenSpan(text.ToString(), part ? Hex(bytes) : null, false, null);
    }

    static string Hex(byte[] bytes) => string.Join(' ', bytes.Select(value => value.ToString("X2", CultureInfo.InvariantCulture)));
}
