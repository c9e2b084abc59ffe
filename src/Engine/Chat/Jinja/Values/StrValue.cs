using Juxta.Engine.Chat.Jinja.Strings;

namespace Juxta.Engine.Chat.Jinja.Values;

/// <summary>
/// Python's <c>str</c> (and markupsafe's <c>Markup</c>) that remembers who wrote each character. Characters are code points as in
/// Python; "units" are UTF-16 units as .NET stores them. A string by one author carries one integer; a large concatenation is
/// a rope until its units are asked for, so that a prompt grown piece by piece costs linear time.
/// </summary>
internal sealed class StrValue : Value
{
    const int RopeThreshold = 2048;

    public static readonly StrValue Empty = new("");

    string? _units;
    Run[]? _runs;
    int _author;
    StrValue? _left, _right;
    readonly Budget? _budget;
    readonly int _length;
    int[]? _starts;
    bool? _simple;

    public StrValue(string units, int author = PromptSpan.Template, bool markup = false) =>
        (_units, _author, IsMarkup, _length) = (units, author, markup, units.Length);

    public StrValue(string units, Run[] runs, bool markup = false) =>
        (_units, _runs, _author, IsMarkup, _length) = (units, runs.Length > 1 ? runs : null, runs[0].Author, markup, units.Length);

    StrValue(StrValue left, StrValue right, bool markup, Budget budget) =>
        (_left, _right, _author, IsMarkup, _length, _budget) = (left, right, left._author, markup, left._length + right._length, budget);

    public override string TypeName => IsMarkup ? "Markup" : "str";
    public override string Describe => IsMarkup ? "markupsafe.Markup object" : "str object";

    /// <summary>Marked as safe HTML: autoescape leaves it alone, and joining plain text to it escapes that.</summary>
    public bool IsMarkup { get; }

    public override bool IsTrue => _length > 0;
    public override bool IsIterable => true;
    public override bool IsSubscriptable => true;

    /// <summary>UTF-16 units.</summary>
    public string Units { get { Flatten(); return _units!; } }

    /// <summary>Authors where there are several; null where <see cref="Author"/> wrote everything.</summary>
    public Run[]? Runs { get { Flatten(); return _runs; } }

    public override int Author => _author;

    public int UnitLength => _length;

    /// <summary>The index in <see cref="Runs"/> of the run that holds a unit.</summary>
    public int RunAt(int unit)
    {
        int low = 0, high = Runs!.Length - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_runs![middle].End <= unit) low = middle + 1; else high = middle;
        }
        return low;
    }

    public int AuthorAt(int unit) => Runs is null ? _author : _runs![RunAt(unit)].Author;

    /// <summary>Whose a delimiter at one end of the text is: that of the character beside it.</summary>
    public int AuthorAtEdge(bool first) => Runs is null ? _author : first ? _runs![0].Author : _runs![^1].Author;

    public StrValue WithMarkup(bool markup) => markup == IsMarkup ? this : _runs is null && _left is null ? new(Units, _author, markup) : new(Units, Runs ?? [new Run(_length, _author)], markup);

    public static StrValue Concat(StrValue left, StrValue right, Budget budget)
    {
        bool markup = left.IsMarkup;
        if (right._length == 0 && right.IsMarkup == markup) return left;
        if (left._length == 0 && right.IsMarkup == markup) return right;
        long length = (long)left._length + right._length;
        budget.CheckLength(length);
        if (length >= RopeThreshold) { budget.Allocate(64); return new StrValue(left, right, markup, budget); }
        if (left.Runs is null && right.Runs is null && (left._author == right._author || right._length == 0 || left._length == 0))
        {
            budget.Allocate(length);
            return new StrValue(left._units + right._units, left._length > 0 ? left._author : right._author, markup);
        }
        var builder = new TextBuilder(budget);
        builder.Append(left);
        builder.Append(right);
        return builder.ToValue(markup);
    }

    void Flatten()
    {
        if (_left is null) return;
        var builder = new TextBuilder(_budget!);
        var pending = new Stack<StrValue>();
        for (StrValue? node = this; node is not null;)
        {
            if (node._left is { } left) { pending.Push(node._right!); node = left; continue; }
            builder.Append(node);
            pending.TryPop(out node);
        }
        var flat = builder.ToValue();
        (_units, _runs, _author) = (flat._units, flat._runs, flat._author);
        _left = _right = null;
    }

    /// <summary>The units [start, end) as a string of their own.</summary>
    public StrValue Substring(Budget budget, int start, int end)
    {
        if (start <= 0 && end >= _length) return this;
        if (end <= start) return new StrValue("", _author, IsMarkup);
        if (Runs is null) { budget.Allocate(end - start); return new StrValue(_units!.Substring(start, end - start), _author, IsMarkup); }
        var builder = new TextBuilder(budget);
        builder.Append(this, start, end - start);
        return builder.ToValue(IsMarkup);
    }

    /// <summary>Whether every unit is a character of its own.</summary>
    bool IsSimple => _simple ??= Units.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0;

    int[] Starts
    {
        get
        {
            if (_starts is not null) return _starts;
            var starts = new List<int>(_length);
            for (int i = 0; i < _length; i += CodePoints.UnitsAt(_units!, i)) starts.Add(i);
            return _starts = [.. starts];
        }
    }

    /// <summary>Python's length: code points.</summary>
    public override int? Length => Count;

    public int Count => _length == 0 || IsSimple ? _length : Starts.Length;

    /// <summary>The unit where a character starts; the end for the character after the last.</summary>
    public int UnitOf(int character) => IsSimple ? character : character >= Starts.Length ? _length : Starts[character];

    /// <summary>The character that starts at a unit.</summary>
    public int CharacterOf(int unit)
    {
        if (IsSimple) return unit;
        int found = Array.BinarySearch(Starts, unit);
        return found >= 0 ? found : ~found;
    }

    public StrValue CharacterAt(Budget budget, int character)
    {
        int start = UnitOf(character);
        return Substring(budget, start, UnitOf(character + 1));
    }

    public override IEnumerable<Value> Iterate(Machine machine)
    {
        for (int i = 0; i < _length;)
        {
            int next = i + CodePoints.UnitsAt(Units, i);
            yield return Substring(machine.Budget, i, next).WithMarkup(false);
            i = next;
        }
    }

    public override Value? GetItem(Machine machine, Value key)
    {
        if (!Numbers.TryIndex(key, out var index)) throw JinjaError.Type($"string indices must be integers, not '{key.TypeName}'");
        int count = Count;
        if (index < 0) index += count;
        return index < 0 || index >= count ? null : CharacterAt(machine.Budget, (int)index);
    }

    public override Value GetSlice(Machine machine, Value? start, Value? stop, Value? step)
    {
        var slice = Slice.Resolve(start, stop, step, Count);
        if (slice.Step == 1) return Substring(machine.Budget, UnitOf(slice.Start), UnitOf(Math.Max(slice.Start, slice.Stop)));
        var builder = new TextBuilder(machine.Budget);
        foreach (int character in slice.Indices)
        {
            int unit = UnitOf(character);
            builder.Append(this, unit, UnitOf(character + 1) - unit);
        }
        return builder.ToValue(IsMarkup);
    }

    public override Value? GetAttribute(Machine machine, string name) => StringMethods.Find(this, name);

    public override void WriteRepr(TextBuilder into)
    {
        if (IsMarkup) into.Append("Markup(", PromptSpan.Template);
        CodePoints.WriteRepr(this, into);
        if (IsMarkup) into.Append(")", PromptSpan.Template);
    }

    public override void WriteText(TextBuilder into) => into.Append(this);

    public override StrValue ToText(Machine machine) => WithMarkup(false);

    public override bool Equals(object? obj) => obj is StrValue other && _length == other._length && Units == other.Units;
    public override int GetHashCode() => Units.GetHashCode(StringComparison.Ordinal);
    public override string ToString() => Units;
}
