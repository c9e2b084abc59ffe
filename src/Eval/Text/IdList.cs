using System.Runtime.CompilerServices;

namespace Juxta.Eval.Text;

/// <summary>A growing list of token ids that is used again for the next text.</summary>
internal sealed class IdList
{
    int[] _ids = new int[256];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Span => _ids.AsSpan(0, Count);

    public void Clear() => Count = 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int id)
    {
        if (Count == _ids.Length) Array.Resize(ref _ids, _ids.Length * 2);
        _ids[Count++] = id;
    }
}
