using Juxta.Eval.Text;

namespace Juxta.Eval.Metrics.Rouge;

/// <summary>A text as ids of its tokens, with where its lines end.</summary>
internal sealed class RougeText
{
    public IdList Ids { get; } = new();

    /// <summary>For each line how many ids there are up to its end.</summary>
    public IdList LineEnds { get; } = new();

    public void Clear()
    {
        Ids.Clear();
        LineEnds.Clear();
    }
}

/// <summary>
/// An answer and its references as ids of tokens, read once for all ROUGE metrics that measure the answer one after the other (<see cref="CorpusStatistics"/> does).
/// </summary>
internal sealed class RougeTexts(bool stem)
{
    readonly RougeTokens _tokens = new(stem);
    readonly List<RougeText> _references = [];
    Answer? _read;

    public RougeText Candidate { get; } = new();

    /// <summary>As many as the answer has.</summary>
    public ReadOnlySpan<RougeText> References => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_references)[..(_read?.References.Count ?? 0)];

    /// <summary>Number of different tokens: ids are below it.</summary>
    public int Different => _tokens.Different;

    public void Read(Answer answer)
    {
        if (ReferenceEquals(answer, _read)) return;
        _read = null;
        _tokens.Clear();
        Read(answer.Text, Candidate);
        for (int k = 0; k < answer.References.Count; k++)
        {
            if (k == _references.Count) _references.Add(new RougeText());
            Read(answer.References[k], _references[k]);
        }
        _read = answer;
    }

    void Read(string text, RougeText read)
    {
        read.Clear();
        foreach (Range line in text.AsSpan().Split('\n'))
        {
            _tokens.Read(text.AsSpan(line), read.Ids);
            read.LineEnds.Add(read.Ids.Count);
        }
    }
}
