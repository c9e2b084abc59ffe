using Juxta.Engine.Chat;
using Juxta.Training.Dialogues;

namespace Juxta.Training.Masks;

/// <summary>Where an answer stands in a rendered conversation, in UTF-16 units.</summary>
/// <param name="Start">Where the prompt for this answer would have ended: everything from here on the model writes itself.</param>
/// <param name="TextEnd">Behind the last character of the message.</param>
/// <param name="CloseEnd">Behind what the template writes to close the turn, whoever speaks next.</param>
/// <param name="Next">Where the next message's text begins, or the end.</param>
internal readonly record struct AnswerBorders(int Start, int TextEnd, int CloseEnd, int Next);

/// <summary>
/// Finds the answers in one rendered conversation. The template is asked, never guessed at: an answer begins where a prompt made of the messages before it
/// ends, and its turn is closed by what the template writes both when the conversation stops there and when it goes on.
/// </summary>
internal sealed class AnswerFinder(ChatFormat format, Dialogue dialogue, PromptText prompt)
{
    const string Probe = "probe-7f3a";

    readonly Dictionary<(string Role, string Text), int> _openings = [];
    readonly Dictionary<string, int> _closings = [];
    string? _continued;

    /// <summary>What should be said about the conversation.</summary>
    public List<string> Remarks { get; } = [];

    /// <summary>What the template writes behind the last answer when a user speaks next; empty when it does not say.</summary>
    public string AfterLast => _continued ??= Continued();

    /// <exception cref="SampleException">The template makes it impossible to say.</exception>
    public AnswerBorders Find(int message)
    {
        PromptSpan[] own = [.. prompt.Spans.Where(span => span.Message == message)];
        if (own.Length == 0) throw LeftOut(message);
        int first = own[0].Start, textEnd = own[^1].End;
        if (prompt.Spans.Any(span => span.Start > first && span.End < textEnd && span.Message >= 0 && span.Message != message))
            throw new SampleException($"{Name(message)} is the assistant's, and the chat template mixes its text with another message's: no single stretch is the answer. Leave this message out or give another template");
        RemarkOnLoss(message, own);
        int next = prompt.Spans.Where(span => span.Start >= textEnd && span.Message != PromptSpan.Template).Select(span => span.Start).DefaultIfEmpty(prompt.Text.Length).First();
        return new AnswerBorders(StartOf(message, first), textEnd, textEnd + CloseOf(message, prompt.Text[textEnd..next]), next);
    }

    int StartOf(int message, int first)
    {
        PromptSpan before = LastWritten(prompt, first);
        string role = message == 0 ? "" : dialogue.Messages[message - 1].Role, between = prompt.Text[before.End..first];
        if (_openings.TryGetValue((role, between), out int known)) return before.End + known;

        PromptText opened = Opened(message);
        PromptSpan last = LastWritten(opened, opened.Text.Length);
        string opening = opened.Text[last.End..];
        if (last.Message != before.Message) throw Differs(message, between, opening);
        int length = opening.Length;
        if (!prompt.Text.AsSpan(before.End).StartsWith(opening, StringComparison.Ordinal))
        {
            if (opening.StartsWith(between, StringComparison.Ordinal) && !string.IsNullOrWhiteSpace(opening[between.Length..]))
                // Reasoning models: the prompt goes on with <think>, which earlier turns are shown without.
                Remark($"the prompt for {Name(message)} would end with {ChatFormat.Quote(opening[between.Length..])}, which the template leaves out of this turn");
            else if (WithoutSpace(between) == WithoutSpace(opening))
                Remark($"the prompt for {Name(message)} would have other white space ({ChatFormat.Quote(opening)}) than the conversation ({ChatFormat.Quote(between)})");
            else
                throw Differs(message, between, opening);
            length = between.Length;
        }
        // An opening may reach into the message's own text; then the next such turn must be looked at anew.
        if (length <= between.Length) _openings[(role, between)] = length;
        return before.End + length;
    }

    static string WithoutSpace(string text) => string.Concat(text.Where(unit => !char.IsWhiteSpace(unit)));

    PromptText Opened(int message)
    {
        try
        {
            return format.Render(dialogue.Before(message), addGenerationPrompt: true);
        }
        catch (SampleException e)
        {
            throw new SampleException($"{Name(message)} is the assistant's, and the chat template makes no prompt of the messages before it, so nothing says where the answer begins: {e.Message}", e);
        }
    }

    /// <summary>How much of the template's text after an answer closes its turn.</summary>
    int CloseOf(int message, string after)
    {
        if (message == dialogue.Messages.Count - 1) return AfterLast.Length == 0 ? after.Length : CommonLength(after, AfterLast);
        if (_closings.TryGetValue(after, out int known)) return known;
        PromptText stopped = format.Render(dialogue.Before(message + 1), addGenerationPrompt: false);
        int end = stopped.Spans.Where(span => span.Message == message).Select(span => span.End).DefaultIfEmpty(stopped.Text.Length).Last();
        return _closings[after] = CommonLength(stopped.Text[end..], after);
    }

    string Continued()
    {
        int last = dialogue.Messages.Count - 1;
        try
        {
            PromptText rendered = format.Render(dialogue with { Messages = [.. dialogue.Messages, new DialogueMessage(DialogueMessage.User, Probe)] }, addGenerationPrompt: false);
            int end = rendered.Spans.Where(span => span.Message == last).Select(span => span.End).DefaultIfEmpty(rendered.Text.Length).Last();
            int next = rendered.Spans.Where(span => span.Start >= end && span.Message != PromptSpan.Template).Select(span => span.Start).DefaultIfEmpty(rendered.Text.Length).First();
            return rendered.Text[end..next];
        }
        catch (SampleException)
        {
            return ""; // no user may speak here
        }
    }

    /// <summary>The last stretch before a position that the template did not write; an empty one at the beginning where there is none.</summary>
    static PromptSpan LastWritten(PromptText text, int before) =>
        text.Spans.LastOrDefault(span => span.End <= before && span.Message != PromptSpan.Template, new PromptSpan(0, 0, PromptSpan.Template));

    static int CommonLength(string a, string b) => a.AsSpan().CommonPrefixLength(b);

    void RemarkOnLoss(int message, PromptSpan[] own)
    {
        int shown = own.Sum(span => span.Length), given = dialogue.Messages[message].Content.Trim().Length;
        if (shown < given) Remark($"the template leaves out {given - shown} of {given} characters of {Name(message)}: they are not learnt here");
    }

    void Remark(string text)
    {
        if (!Remarks.Contains(text)) Remarks.Add(text);
    }

    SampleException LeftOut(int message) => new(string.IsNullOrWhiteSpace(dialogue.Messages[message].Content) && dialogue.Messages[message].Fields is null
        ? $"{Name(message)} is the assistant's and is empty: there is nothing to learn. Leave it out, or mark it with \"loss\": false"
        : $"{Name(message)} is the assistant's, and the chat template leaves all of it out: nothing of it can be learnt. Leave it out, mark it with \"loss\": false, or give another template");

    static SampleException Differs(int message, string between, string opening) => new(
        $"{Name(message)} is the assistant's, and nothing says where its answer begins: a prompt for it would end with {ChatFormat.Quote(opening)}, but in the conversation the template writes {ChatFormat.Quote(between)} before it. "
        + "Give a template whose add_generation_prompt agrees with its assistant turns, or the variables under which they agree (often enable_thinking)");

    internal static string Name(int message) => $"message {message + 1}";
}
