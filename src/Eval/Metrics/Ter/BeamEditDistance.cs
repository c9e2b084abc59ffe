namespace Juxta.Eval.Metrics.Ter;

/// <summary>What a cell of the edit-distance table was reached by.</summary>
internal enum Edit : byte
{
    None,
    Match,
    Substitute,
    Delete,
    Insert,
}

/// <summary>
/// Levenshtein distance within tercom's beam: row i covers columns within 25 of the diagonal (more where the reference is very much longer), the last row
/// runs to the end. A cell takes match or substitution, then deletion, then insertion, each only if strictly better; the trace depends on that.
/// </summary>
internal sealed class BeamEditDistance
{
    const int Beam = 25, Unreached = int.MaxValue / 2;

    int[] _costs = [];    // (hypothesis + 1, reference + 1) of the hypothesis given to Trace
    Edit[] _edits = [];
    int[] _previous = [], _current = [];
    readonly MyersDistance _myers = new();
    int[] _reference = [];
    int _hypothesisLength, _referenceLength, _beam;
    double _ratio;

    /// <summary>Sets the reference and the length of all hypotheses to come.</summary>
    public void Start(ReadOnlySpan<int> reference, int hypothesisLength)
    {
        _reference = reference.ToArray();
        _referenceLength = reference.Length;
        _hypothesisLength = hypothesisLength;
        _ratio = hypothesisLength > 0 ? (double)reference.Length / hypothesisLength : 1;
        _beam = _ratio / 2 > Beam ? (int)Math.Ceiling(_ratio / 2 + Beam) : Beam;
        int width = reference.Length + 1;
        long cells = (long)(hypothesisLength + 1) * width;
        if (cells > Array.MaxLength) throw new MetricException($"TER: an answer of {hypothesisLength} words against a reference of {reference.Length} is too long for its table; cut it");
        if (_costs.Length < cells)
        {
            _costs = new int[cells];
            _edits = new Edit[cells];
        }
        if (_current.Length < width) (_previous, _current) = (new int[width], new int[width]);
        _myers.Start(reference);
    }

    /// <summary>The distance, and the edits that lead from the hypothesis to the reference, first to last.</summary>
    public int Trace(ReadOnlySpan<int> hypothesis, List<Edit> edits)
    {
        int width = _referenceLength + 1;
        for (int j = 0; j < width; j++)
        {
            _costs[j] = j;
            _edits[j] = Edit.Insert;
        }
        for (int i = 1; i <= _hypothesisLength; i++)
        {
            Span<int> above = _costs.AsSpan((i - 1) * width, width), row = _costs.AsSpan(i * width, width);
            Span<Edit> marks = _edits.AsSpan(i * width, width);
            (int first, int end) = Columns(i);
            ClearAround(row, i, first, end);
            int word = hypothesis[i - 1];
            for (int j = first; j < end; j++)
            {
                int best = Unreached;
                Edit mark = Edit.None;
                if (j > 0)
                {
                    bool same = word == _reference[j - 1];
                    int cost = above[j - 1] + (same ? 0 : 1);
                    if (cost < best) (best, mark) = (cost, same ? Edit.Match : Edit.Substitute);
                }
                if (above[j] + 1 < best) (best, mark) = (above[j] + 1, Edit.Delete);
                if (j > 0 && row[j - 1] + 1 < best) (best, mark) = (row[j - 1] + 1, Edit.Insert);
                row[j] = best;
                marks[j] = mark;
            }
        }
        edits.Clear();
        for (int i = _hypothesisLength, j = _referenceLength; i > 0 || j > 0;)
        {
            Edit mark = _edits[i * width + j];
            edits.Add(mark);
            if (mark != Edit.Insert) i--;
            if (mark != Edit.Delete) j--;
        }
        edits.Reverse();
        return _costs[_hypothesisLength * width + _referenceLength];
    }

    /// <summary>The distance of another hypothesis that begins with the same <paramref name="common"/> words as the one last traced.</summary>
    public int Distance(ReadOnlySpan<int> hypothesis, int common)
    {
        // A path of cost D stays within D of the main diagonal, and the beam's own diagonal strays from that by the difference in length at most: where both
        // fit into the beam, the beam changes nothing and the bit-parallel distance is the answer.
        if (_myers.Usable)
        {
            int distance = _myers.Distance(hypothesis);
            if (distance + Math.Abs(_referenceLength - _hypothesisLength) + 2 <= _beam) return distance;
        }
        int width = _referenceLength + 1;
        int[] above = _previous, row = _current;
        _costs.AsSpan(common * width, width).CopyTo(above);
        for (int i = common + 1; i <= _hypothesisLength; i++)
        {
            (int first, int end) = Columns(i);
            ClearAround(row.AsSpan(0, width), i, first, end);
            int word = hypothesis[i - 1];
            for (int j = first; j < end; j++)
            {
                int best = above[j] + 1;
                if (j > 0)
                {
                    best = Math.Min(best, above[j - 1] + (word == _reference[j - 1] ? 0 : 1));
                    best = Math.Min(best, row[j - 1] + 1);
                }
                row[j] = best;
            }
            (above, row) = (row, above);
        }
        return above[_referenceLength];
    }

    /// <summary>Marks the cells of a row that the next row reads and the beam does not reach.</summary>
    void ClearAround(Span<int> row, int i, int first, int end)
    {
        if (first > 0) row[first - 1] = Unreached;
        if (i < _hypothesisLength && Columns(i + 1).End is var next && next > end) row[end..next].Fill(Unreached);
    }

    (int First, int End) Columns(int i)
    {
        int diagonal = (int)Math.Floor(i * _ratio);
        return (Math.Max(0, diagonal - _beam), i == _hypothesisLength ? _referenceLength + 1 : Math.Min(_referenceLength + 1, diagonal + _beam));
    }
}
