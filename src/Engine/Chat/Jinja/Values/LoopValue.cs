namespace Juxta.Engine.Chat.Jinja.Values;

/// <summary>The <c>loop</c> variable. It looks ahead only when asked for length, last or nextitem.</summary>
internal sealed class LoopValue(Machine machine, Value items, Func<Value, int, Value>? recurse, int depth) : Value
{
    IEnumerator<Value> _items = items.Iterate(machine).GetEnumerator();
    Value? _before, _current, _after;
    TupleValue? _lastChanged;
    int? _length;
    int _index = -1;

    public override string TypeName => "LoopContext";
    public override string Describe => "jinja2.runtime.LoopContext object";
    public override bool IsCallable => true;
    public override bool IsIterable => true;
    public override int? Length => Count;

    /// <summary>The loop's items, each made current as it is asked for.</summary>
    public IEnumerable<Value> Turns()
    {
        while (Advance() is { } item)
        {
            _index++;
            (_before, _current) = (_current, item);
            yield return item;
        }
    }

    public override IEnumerable<Value> Iterate(Machine running) => Turns().Select(item => new TupleValue(item, this));

    Value? Advance()
    {
        var item = Peek();
        _after = null;
        return item;
    }

    Value? Peek() => _after ??= _items.MoveNext() ? _items.Current : null;

    int Count
    {
        get
        {
            if (_length is { } known) return known;
            if (items.Length is { } length) return (_length = length).Value;
            var rest = new List<Value>();
            while (_items.MoveNext()) { machine.Budget.Step(); machine.Budget.AllocateItems(1); rest.Add(_items.Current); }
            _items = rest.GetEnumerator();
            return (_length = rest.Count + _index + 1 + (_after is null ? 0 : 1)).Value;
        }
    }

    public override Value? GetAttribute(Machine running, string name) => name switch
    {
        "index" => new IntValue(_index + 1),
        "index0" => new IntValue(_index),
        "revindex" => new IntValue(Count - _index),
        "revindex0" => new IntValue(Count - _index - 1),
        "length" => new IntValue(Count),
        "first" => BoolValue.Of(_index == 0),
        "last" => BoolValue.Of(Peek() is null),
        "previtem" => _index == 0 ? new UndefinedValue("there is no previous item") : _before,
        "nextitem" => Peek() ?? new UndefinedValue("there is no next item"),
        "depth" => new IntValue(depth + 1),
        "depth0" => new IntValue(depth),
        "cycle" => new FunctionValue("cycle", (_, arguments) => arguments.Positional.Count > 0 ? arguments.Positional[_index % arguments.Positional.Count]
            : throw JinjaError.Type("no items for cycling given"), "method"),
        "changed" => new FunctionValue("changed", (_, arguments) => BoolValue.Of(Changed(new TupleValue(arguments.Positional))), "method"),
        _ => null,
    };

    bool Changed(TupleValue values)
    {
        if (_lastChanged is not null && Operators.AreEqual(_lastChanged, values)) return false;
        _lastChanged = values;
        return true;
    }

    public override Value Call(Machine running, Arguments arguments)
    {
        var iterable = arguments.Bind("loop", 1, "iterable")[0]!;
        if (recurse is null) throw JinjaError.Type("The loop must have the 'recursive' marker to be called recursively.");
        return recurse(iterable, depth + 1);
    }

    public override void WriteRepr(TextBuilder into) => into.Append($"<LoopContext {_index + 1}/{Count}>", PromptSpan.Template);
}
