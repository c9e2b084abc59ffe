namespace Juxta.Eval.Differences;

/// <summary>
/// Which elements two sequences share, in order: the longest common subsequence, by the linear-space divide and conquer of E. W. Myers,
/// "An O(ND) Difference Algorithm and Its Variations" (1986), section 4b.
/// </summary>
/// <remarks>
/// A search for a middle point stops after <see cref="MostWork"/> comparisons and goes on from the furthest point reached. By then that point lies a
/// thousand elements ahead or so, hence all searches together stay near (n + m) / 1000 · <see cref="MostWork"/> comparisons whatever the sequences hold.
/// What comes out is still common and in order, only perhaps not the longest (<see cref="Longest"/> is false).
/// </remarks>
internal sealed class SharedUnits
{
    public const int MostWork = 1 << 21;

    readonly record struct Box(int LeftStart, int LeftEnd, int RightStart, int RightEnd);

    readonly int[] _left, _right;

    // Furthest x on each diagonal k = x − y of the current box, from its start and from its end; NoPath where no path ends. Index k + _zero.
    readonly int[] _fromStart, _fromEnd;
    readonly int _zero;
    const int NoPath = -1;

    public SharedUnits(int[] left, int[] right)
    {
        _left = left;
        _right = right;
        InLeft = new bool[left.Length];
        InRight = new bool[right.Length];
        _zero = Math.Min((left.Length + right.Length) / 2, (int)Math.Sqrt(MostWork)) + 3; // n rounds look at n² diagonals at least
        _fromStart = new int[2 * _zero + 1];
        _fromEnd = new int[2 * _zero + 1];
        var boxes = new Stack<Box>();
        boxes.Push(new Box(0, left.Length, 0, right.Length));
        while (boxes.TryPop(out Box box))
        {
            box = TakeEnds(box);
            if (box.LeftStart == box.LeftEnd || box.RightStart == box.RightEnd) continue;
            (int x, int y) = Split(box);
            boxes.Push(box with { LeftStart = box.LeftStart + x, RightStart = box.RightStart + y });
            boxes.Push(box with { LeftEnd = box.LeftStart + x, RightEnd = box.RightStart + y });
        }
    }

    /// <summary>Per element of the left sequence: it is shared. The n-th shared one equals the right's n-th shared one.</summary>
    public bool[] InLeft { get; }

    /// <inheritdoc cref="InLeft"/>
    public bool[] InRight { get; }

    /// <summary>No common subsequence is longer.</summary>
    public bool Longest { get; private set; } = true;

    /// <summary>Marks what both begin and end with; what is left has different elements at both of its ends.</summary>
    Box TakeEnds(Box box)
    {
        (int x, int xEnd, int y, int yEnd) = box;
        for (; x < xEnd && y < yEnd && _left[x] == _right[y]; x++, y++) InLeft[x] = InRight[y] = true;
        for (; x < xEnd && y < yEnd && _left[xEnd - 1] == _right[yEnd - 1]; xEnd--, yEnd--) InLeft[xEnd - 1] = InRight[yEnd - 1] = true;
        return new Box(x, xEnd, y, yEnd);
    }

    /// <summary>A point inside the box, neither its start nor its end, that a shortest edit path passes through (unless the work ran out).</summary>
    (int X, int Y) Split(Box box)
    {
        int width = box.LeftEnd - box.LeftStart, height = box.RightEnd - box.RightStart, delta = width - height;
        bool odd = (delta & 1) != 0;
        long work = 0;
        for (int edits = 0; ; edits++)
        {
            int edge = edits + 1;
            _fromStart[_zero - edge] = _fromStart[_zero + edge] = _fromEnd[_zero - edge] = _fromEnd[_zero + edge] = NoPath;
            for (int k = -edits; k <= edits; k += 2)
            {
                int x = Step(_fromStart, k, edits, width, height), from = x;
                if (x != NoPath)
                {
                    ReadOnlySpan<int> left = _left.AsSpan(box.LeftStart, width), right = _right.AsSpan(box.RightStart, height);
                    x += left[x..].CommonPrefixLength(right[(x - k)..]);
                }
                _fromStart[_zero + k] = x;
                work += x - from + 1;
                if (odd && Meets(_fromEnd, delta - k, edits - 1, x, width)) return (x, x - k);
            }
            for (int k = -edits; k <= edits; k += 2)
            {
                int x = Step(_fromEnd, k, edits, width, height), from = x;
                if (x != NoPath)
                {
                    for (int y = x - k; x < width && y < height && _left[box.LeftEnd - 1 - x] == _right[box.RightEnd - 1 - y]; y++) x++;
                }
                _fromEnd[_zero + k] = x;
                work += x - from + 1;
                if (!odd && Meets(_fromStart, delta - k, edits, x, width)) return (width - x, height - (x - k));
            }
            if (work > MostWork && edits > 0) return Furthest(edits);
        }
    }

    /// <summary>Where one more edit leads on diagonal k: right from the diagonal below or down from the one above, whichever gets further within the box.</summary>
    int Step(int[] reached, int k, int edits, int width, int height)
    {
        if (edits == 0) return 0;
        int below = reached[_zero + k - 1], above = reached[_zero + k + 1];
        int right = k > -edits && below != NoPath && below < width ? below + 1 : NoPath;
        int down = k < edits && above != NoPath && above - k <= height ? above : NoPath;
        return Math.Max(right, down);
    }

    /// <summary>The path that reached x, and one from the other side with so many edits, overlap on the same diagonal.</summary>
    bool Meets(int[] other, int diagonal, int edits, int x, int width) =>
        x != NoPath && Math.Abs(diagonal) <= edits && other[_zero + diagonal] != NoPath && x + other[_zero + diagonal] >= width;

    (int X, int Y) Furthest(int edits)
    {
        Longest = false;
        (int X, int Y) best = (0, 0);
        for (int k = -edits; k <= edits; k += 2)
        {
            int x = _fromStart[_zero + k];
            if (x != NoPath && x + x - k > best.X + best.Y) best = (x, x - k);
        }
        return best;
    }
}
