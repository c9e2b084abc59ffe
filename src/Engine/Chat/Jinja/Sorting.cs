using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja;

/// <summary>Python's <c>sorted</c>: stable, and asking only whether one key is less than another.</summary>
internal static class Sorting
{
    public static List<T> Sort<T>(Machine machine, List<T> items, Func<T, Value> key, bool reverse)
    {
        machine.Budget.AllocateItems(items.Count * 2L);
        var keyed = items.Select(item => (Key: key(item), Item: item)).ToArray();
        // A stable descending sort is the ascending sort of the reversed items, reversed.
        if (reverse) Array.Reverse(keyed);
        keyed = Merge(keyed);
        if (reverse) Array.Reverse(keyed);
        return [.. keyed.Select(pair => pair.Item)];

        (Value Key, T Item)[] Merge((Value Key, T Item)[] part)
        {
            if (part.Length < 2) return part;
            var left = Merge(part[..(part.Length / 2)]);
            var right = Merge(part[(part.Length / 2)..]);
            int l = 0, r = 0;
            for (int i = 0; i < part.Length; i++)
                part[i] = r == right.Length || (l < left.Length && !Operators.Less(machine, right[r].Key, left[l].Key)) ? left[l++] : right[r++];
            return part;
        }
    }

    public static List<Value> Sort(Machine machine, Value items, Func<Value, Value> key, bool reverse)
    {
        var list = new List<Value>();
        foreach (var item in items.Iterate(machine))
        {
            machine.Budget.Step();
            machine.Budget.AllocateItems(1);
            list.Add(item);
        }
        return Sort(machine, list, key, reverse);
    }
}
