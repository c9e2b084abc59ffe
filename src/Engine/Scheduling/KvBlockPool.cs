namespace Juxta.Engine.Scheduling;

/// <summary>Which blocks of the key/value cache are free. A block belongs to one sequence at a time.</summary>
internal sealed class KvBlockPool
{
    readonly Stack<int> _free;
    readonly bool[] _rented;

    public KvBlockPool(int blocks)
    {
        _free = new Stack<int>(blocks);
        _rented = new bool[blocks];
        for (int block = blocks - 1; block >= 0; block--) _free.Push(block);
    }

    public int Blocks => _rented.Length;

    public int Free => _free.Count;

    public bool TryRent(out int block)
    {
        if (!_free.TryPop(out block)) return false;
        _rented[block] = true;
        return true;
    }

    /// <exception cref="InvalidOperationException">The block is free already: two sequences would share it.</exception>
    public void Return(int block)
    {
        if (!_rented[block]) throw new InvalidOperationException($"cache block {block} was returned twice");
        _rented[block] = false;
        _free.Push(block);
    }
}
