namespace Juxta.Engine.Sampling;

/// <summary>Which tokens a sequence holds: what the penalties count. Kept only for requests that use one.</summary>
internal sealed class TokenHistory
{
    readonly Dictionary<int, int> _answerCounts = [];
    readonly HashSet<int> _seen = [];
    readonly List<int> _distinct = [];
    readonly List<int> _distinctAnswer = [];

    public TokenHistory(ReadOnlySpan<int> prompt)
    {
        foreach (int id in prompt) See(id);
    }

    /// <summary>Distinct ids of prompt and answer, in order of first sight.</summary>
    public List<int> Distinct => _distinct;

    /// <summary>Distinct ids of the answer.</summary>
    public List<int> DistinctAnswer => _distinctAnswer;

    /// <summary>Times that the answer holds an id.</summary>
    public int AnswerCount(int id) => _answerCounts.GetValueOrDefault(id);

    public void AddAnswer(int id)
    {
        See(id);
        int count = AnswerCount(id);
        if (count == 0) _distinctAnswer.Add(id);
        _answerCounts[id] = count + 1;
    }

    void See(int id)
    {
        if (_seen.Add(id)) _distinct.Add(id);
    }
}
