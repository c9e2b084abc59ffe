using Juxta.Web.Markdown;
using Juxta.Workbench.Generation;

namespace Juxta.Web.Chat.Messages;

/// <summary>The text of an answer as it is drawn: a thought, where the model thinks first, and the answer itself; each as Markdown blocks that grow.</summary>
/// <param name="openedByPrompt">The text begins in a thought that the chat template opened.</param>
internal sealed class AnswerParts(bool openedByPrompt)
{
    int? _thoughtStart;
    int? _answerStart;
    int _searched;

    /// <summary>Null for an answer that begins at once.</summary>
    public MarkdownBlocks? Thought { get; private set; }

    /// <summary>Index after the thought's last character; null while it goes on.</summary>
    public int? ThoughtEnd { get; private set; }

    public MarkdownBlocks Answer { get; } = new();

    /// <summary>Takes in how the text goes on.</summary>
    /// <param name="textFrom">All of the text from an index on.</param>
    /// <param name="ended">Nothing more will come.</param>
    public void Update(Func<int, string> textFrom, bool ended)
    {
        if (_thoughtStart is null && _answerStart is null && !Begin(textFrom(0), ended)) return;
        if (_answerStart is null) Think(textFrom, ended);
        if (_answerStart is int answer) Answer.Update(start => textFrom(answer + start), ended);
    }

    /// <summary>False while the text may still become the tag that opens a thought.</summary>
    bool Begin(string text, bool ended)
    {
        ReadOnlySpan<char> first = text.AsSpan().TrimStart();
        if (!ended && Thinking.Opener.AsSpan().StartsWith(first) && first.Length < Thinking.Opener.Length) return false;
        if (Thinking.Find(text, openedByPrompt) is { } thinking)
        {
            Thought = new MarkdownBlocks();
            _thoughtStart = _searched = thinking.Start;
        }
        else
        {
            _answerStart = 0;
        }
        return true;
    }

    void Think(Func<int, string> textFrom, bool ended)
    {
        int start = _thoughtStart!.Value;
        string fresh = textFrom(_searched);
        int closer = fresh.IndexOf(Thinking.Closer, StringComparison.Ordinal);
        // What may become the closing tag is not shown yet.
        int end = _searched + (closer >= 0 ? closer : fresh.Length - (ended ? 0 : OpenTail(fresh)));
        _searched = end;
        if (closer >= 0) (ThoughtEnd, _answerStart) = (end, end + Thinking.Closer.Length);
        Thought!.Update(from => textFrom(start + from)[..(end - start - from)], ended || closer >= 0);
    }

    /// <summary>Length of the longest end of a text that begins the closing tag.</summary>
    static int OpenTail(string text)
    {
        for (int length = Math.Min(text.Length, Thinking.Closer.Length - 1); length > 0; length--)
        {
            if (Thinking.Closer.AsSpan().StartsWith(text.AsSpan(text.Length - length))) return length;
        }
        return 0;
    }
}
