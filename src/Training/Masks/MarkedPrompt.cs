using System.Text;
using Juxta.Engine.Chat;
using Juxta.Training.Dialogues;
using Juxta.Training.Samples;

namespace Juxta.Training.Masks;

/// <summary>The tokens of one answer, its end token included.</summary>
/// <param name="Message">Its message.</param>
/// <param name="Start">Index of the first token.</param>
/// <param name="End">Index behind the end token.</param>
public readonly record struct AnswerTokens(int Message, int Start, int End);

/// <summary>The ids of a conversation, with who wrote each and which of them are an answer's (design D7).</summary>
/// <param name="Ids">Token ids. (tokens)</param>
/// <param name="Authors">A message's index or a <see cref="TokenAuthor"/>. (tokens)</param>
/// <param name="Answers">The answers that were asked for, in order.</param>
/// <param name="Remarks">What a person should know.</param>
public sealed record MarkedPrompt(int[] Ids, int[] Authors, IReadOnlyList<AnswerTokens> Answers, IReadOnlyList<string> Remarks)
{
    /// <summary>Renders a conversation and marks answers in it.</summary>
    /// <param name="format">The model's.</param>
    /// <param name="dialogue">The conversation.</param>
    /// <param name="answers">Indices of messages of the assistant that shall carry loss, rising.</param>
    /// <exception cref="SampleException">The template makes it impossible to say which tokens are theirs, or the answer has no end that the model could learn.</exception>
    public static MarkedPrompt Of(ChatFormat format, Dialogue dialogue, IReadOnlyList<int> answers)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(dialogue);
        ArgumentNullException.ThrowIfNull(answers);
        PromptText prompt = format.Render(dialogue, addGenerationPrompt: false);
        (int[] encoded, int opening) = format.Encode(prompt);
        var trace = TokenTrace.Of(format.Tokenizer, prompt.Text, encoded[opening..]);
        var bytes = new ByteOffsets(prompt.Text);
        var finder = new AnswerFinder(format, dialogue, prompt);
        var ends = new Lazy<EndTokens>(() => EndTokens.Of(format, dialogue.Before(answers[0])));
        List<int> ids = [.. encoded], authors = [.. Enumerable.Repeat(TokenAuthor.Added, opening), .. AuthorsOf(prompt, trace, bytes)];
        var marked = new List<AnswerTokens>();
        foreach (int message in answers)
        {
            AnswerBorders borders = finder.Find(message);
            int start = bytes[borders.Start];
            if (trace.IsBlurred(start)) throw new SampleException($"the tokenizer rewrites the text around the beginning of {AnswerFinder.Name(message)}, so nobody can say which tokens are the answer's; normalise the text first");
            int end = EndOf(borders);
            if (end < 0)
            {
                if (message != dialogue.Messages.Count - 1) throw Endless(message, prompt.Text[borders.TextEnd..borders.Next]);
                ids.Add(ends.Value.FirstOf(finder.AfterLast) ?? format.Tokenizer.EosId ?? throw Endless(message, prompt.Text[borders.TextEnd..]));
                authors.Add(TokenAuthor.Added);
                end = ids.Count - opening;
            }
            marked.Add(new AnswerTokens(message, opening + trace.FirstBeyond(start), opening + end));
        }
        return new MarkedPrompt([.. ids], [.. authors], marked, finder.Remarks);

        // Behind the token that ends an answer. Of what closes the turn: the end of sequence, else the last special token (others may close a tool call before
        // it). Where nothing does: the next special token, which the template writes for the next speaker.
        int EndOf(AnswerBorders borders)
        {
            int closeEnd = bytes[borders.CloseEnd], next = bytes[borders.Next], end = -1;
            for (int k = trace.FirstBeyond(bytes[borders.TextEnd]); k < trace.Count && trace.Start(k) < next; k++)
            {
                int id = encoded[opening + k];
                if (trace.Start(k) < bytes[borders.TextEnd] || !ends.Value.IsSpecial(id)) continue;
                if (trace.End(k) > closeEnd) return end >= 0 ? end : ends.Value.MayEnd(id) ? k + 1 : -1;
                if (id == format.Tokenizer.EosId) return k + 1;
                if (ends.Value.MayEnd(id)) end = k + 1;
            }
            return end;
        }
    }

    static IEnumerable<int> AuthorsOf(PromptText prompt, TokenTrace trace, ByteOffsets bytes)
    {
        int span = 0;
        for (int k = 0; k < trace.Count; k++)
        {
            // A token with several authors is its last character's.
            while (span < prompt.Spans.Count - 1 && bytes[prompt.Spans[span].End] < trace.End(k)) span++;
            yield return prompt.Spans.Count == 0 ? TokenAuthor.Template : prompt.Spans[span].Message;
        }
    }

    static SampleException Endless(int message, string after) => new(
        $"{AnswerFinder.Name(message)} has no end that a model could learn: the chat template writes {ChatFormat.Quote(after)} behind it, and no special token of this tokenizer. "
        + "Give a template that writes eos_token behind every answer, or learn from the last answer only (mode last)");

    /// <summary>Byte of each UTF-16 unit.</summary>
    sealed class ByteOffsets
    {
        readonly int[]? _offsets;

        public ByteOffsets(string text)
        {
            if (Ascii.IsValid(text)) return;
            _offsets = new int[text.Length + 1];
            for (int i = 0, at = 0; i < text.Length;)
            {
                Rune.DecodeFromUtf16(text.AsSpan(i), out Rune rune, out int units);
                for (int u = 0; u < units; u++) _offsets[i + u] = at;
                at += rune.Utf8SequenceLength;
                i += units;
                _offsets[i] = at;
            }
        }

        public int this[int unit] => _offsets is null ? unit : _offsets[unit];
    }
}
