namespace Juxta.Engine.Sampling;

/// <summary>
/// Tells when the last tokens are one cycle repeated <paramref name="limit"/> times or more and cover at least 64 tokens. For every possible
/// cycle length it counts how many of the last tokens equal the one a cycle earlier: one comparison per length and token.
/// </summary>
/// <param name="most">Tokens that will come, as far as is known: there is room for them.</param>
internal sealed class RepetitionDetector(int limit, int most = 0)
{
    const int LeastTokens = 64, UsualAnswer = 4096;

    readonly List<int> _ids = new(Math.Min(most, UsualAnswer));
    readonly List<int> _runs = new(1 + (Math.Min(most, UsualAnswer) / limit)) { 0 }; // [cycle] = trailing tokens equal to the one a cycle earlier

    /// <summary>True when the answer with this token ends in such a repetition.</summary>
    public bool Add(int id)
    {
        _ids.Add(id);
        bool found = false;
        int known = _runs.Count - 1;
        for (int cycle = 1; cycle <= known; cycle++)
        {
            int run = _ids[^(1 + cycle)] == id ? _runs[cycle] + 1 : 0;
            _runs[cycle] = run;
            found |= run + cycle >= Math.Max((long)limit * cycle, LeastTokens);
        }
        // A cycle this long fits limit times from now on.
        int longest = known + 1;
        if ((long)longest * limit > _ids.Count) return found;
        int trailing = 0;
        while (trailing + longest < _ids.Count && _ids[^(1 + trailing)] == _ids[^(1 + trailing + longest)]) trailing++;
        _runs.Add(trailing);
        return found | (trailing + longest >= Math.Max((long)limit * longest, LeastTokens));
    }
}
