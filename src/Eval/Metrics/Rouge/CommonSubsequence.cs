namespace Juxta.Eval.Metrics.Rouge;

/// <summary>Longest common subsequences of token lists.</summary>
internal sealed class CommonSubsequence
{
    int[] _table = [];

    /// <summary>The length alone: a bit per token of one side and a row per token of the other (Crochemore et al. 2001).</summary>
    public int Length(ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        if (left.Length > right.Length)
        {
            ReadOnlySpan<int> longer = left;
            left = right;
            right = longer;
        }
        if (left.IsEmpty) return 0;
        if (left.Length <= 64) return ShortLength(left, right);
        int width = left.Length + 1;
        if (_table.Length < 2 * width) _table = new int[2 * width];
        Span<int> above = _table.AsSpan(0, width), row = _table.AsSpan(width, width);
        above.Clear();
        foreach (int word in right)
        {
            FillRow(word, left, above, row);
            Span<int> done = row;
            row = above;
            above = done;
        }
        return above[^1];
    }

    /// <summary>One row of the table of lengths.</summary>
    static void FillRow(int word, ReadOnlySpan<int> columns, ReadOnlySpan<int> above, Span<int> row)
    {
        int left = row[0] = 0;
        for (int j = 1; j < row.Length; j++)
        {
            left = word == columns[j - 1] ? above[j - 1] + 1 : Math.Max(left, above[j]);
            row[j] = left;
        }
    }

    static int ShortLength(ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        ulong row = ulong.MaxValue;
        // Ids are small and dense (they number the words of two texts), so a table of positions fits on the stack.
        int most = 0;
        foreach (int id in left) most = Math.Max(most, id);
        Span<ulong> positions = most < 512 ? stackalloc ulong[most + 1] : new ulong[most + 1];
        positions.Clear();
        for (int i = 0; i < left.Length; i++) positions[left[i]] |= 1UL << i;
        foreach (int id in right)
        {
            ulong match = id <= most ? row & positions[id] : 0;
            row = (row + match) | (row - match);
        }
        ulong all = left.Length == 64 ? ulong.MaxValue : (1UL << left.Length) - 1;
        return System.Numerics.BitOperations.PopCount(~row & all);
    }

    /// <summary>
    /// Marks in <paramref name="hit"/> the positions of <paramref name="reference"/> that one longest common subsequence with the other list uses: on a
    /// mismatch the walk back goes left only where that is strictly longer.
    /// </summary>
    /// <param name="leftOnTie">Prefers left on a tie instead: the choice of the `rouge` package.</param>
    public void Mark(ReadOnlySpan<int> reference, ReadOnlySpan<int> candidate, Span<bool> hit, bool leftOnTie = false)
    {
        int width = Fill(reference, candidate), i = reference.Length, j = candidate.Length;
        while (i > 0 && j > 0)
        {
            if (reference[i - 1] == candidate[j - 1])
            {
                hit[--i] = true;
                j--;
                continue;
            }
            int left = _table[i * width + j - 1], above = _table[(i - 1) * width + j];
            if (leftOnTie ? left >= above : left > above) j--;
            else i--;
        }
    }

    int Fill(ReadOnlySpan<int> rows, ReadOnlySpan<int> columns)
    {
        int width = columns.Length + 1;
        long cells = (long)(rows.Length + 1) * width;
        if (cells > Array.MaxLength) throw new MetricException($"ROUGE-L: texts of {rows.Length} and {columns.Length} words are too long for its table; cut them");
        if (_table.Length < cells) _table = new int[Math.Max(cells, Math.Min(_table.Length * 2L, Array.MaxLength))];
        _table.AsSpan(0, width).Clear();
        for (int i = 1; i <= rows.Length; i++) FillRow(rows[i - 1], columns, _table.AsSpan((i - 1) * width, width), _table.AsSpan(i * width, width));
        return width;
    }
}
