namespace Juxta.Engine.Chat.Jinja.Values;

/// <summary>Python's <c>dict</c>: insertion order, any hashable key, a repeated key keeps its place and takes the new value.</summary>
internal sealed class DictValue(int author = PromptSpan.Template) : Value
{
    readonly OrderedDictionary<Value, Value> _entries = [];

    public override string TypeName => "dict";
    public override int Author => author;
    public override bool IsTrue => _entries.Count > 0;
    public override int? Length => _entries.Count;
    public override bool IsSubscriptable => true;
    public override bool IsIterable => true;
    public override bool IsHashable => false;

    public int Count => _entries.Count;
    public IEnumerable<KeyValuePair<Value, Value>> Entries => _entries;

    public Value? Get(string key) => _entries.GetValueOrDefault(new StrValue(key));

    public Value? Get(Value key) => _entries.GetValueOrDefault(Hashable(key));

    public void Set(Value key, Value value) => _entries[Hashable(key)] = value;

    public void Set(string key, Value value) => _entries[new StrValue(key)] = value;

    static Value Hashable(Value key) => key.IsHashable ? key : throw JinjaError.Type($"unhashable type: '{UnhashablePart(key).TypeName}'");

    static Value UnhashablePart(Value key)
    {
        while (key is TupleValue tuple) key = tuple.Items.First(item => !item.IsHashable);
        return key;
    }

    public DictValue Copy()
    {
        var copy = new DictValue(author);
        foreach (var (key, value) in _entries) copy.Set(key, value);
        return copy;
    }

    public override IEnumerable<Value> Iterate(Machine machine) => _entries.Keys;

    public override Value? GetItem(Machine machine, Value key) => Get(key);

    public override Value GetSlice(Machine machine, Value? start, Value? stop, Value? step) => throw JinjaError.Type("unhashable type: 'slice'");

    public override Value? GetAttribute(Machine machine, string name) => ContainerMethods.Find(this, name);

    public override void WriteRepr(TextBuilder into)
    {
        Budget.CheckStack();
        into.Append("{", author);
        bool first = true;
        foreach (var (key, value) in _entries)
        {
            if (!first) into.Append(", ", author);
            first = false;
            into.Budget.Step();
            key.WriteRepr(into);
            into.Append(": ", author);
            value.WriteRepr(into);
        }
        into.Append("}", author);
    }

    public override bool Equals(object? obj)
    {
        if (obj is not DictValue other || other.Count != Count) return false;
        Budget.CheckStack();
        foreach (var (key, value) in _entries)
            if (other.Get(key) is not { } theirs || !Operators.AreEqual(value, theirs)) return false;
        return true;
    }

    public override int GetHashCode() => Count;
}

/// <summary>What <c>dict.keys()</c>, <c>values()</c> and <c>items()</c> return: a live view that can be passed over many times.</summary>
internal sealed class DictView(DictValue dict, string kind) : Value
{
    public override string TypeName => "dict_" + kind;
    public override int Author => dict.Author;
    public override bool IsTrue => dict.Count > 0;
    public override int? Length => dict.Count;
    public override bool IsIterable => true;
    public override bool IsHashable => kind == "values";

    public override IEnumerable<Value> Iterate(Machine machine) => Items;

    public IEnumerable<Value> Items => kind switch
    {
        "keys" => dict.Entries.Select(entry => entry.Key),
        "values" => dict.Entries.Select(entry => entry.Value),
        _ => dict.Entries.Select(entry => new TupleValue([entry.Key, entry.Value], dict.Author)),
    };

    public override Value? GetAttribute(Machine machine, string name) => null;

    public override void WriteRepr(TextBuilder into)
    {
        into.Append($"{TypeName}(", dict.Author);
        new ListValue([.. Items], dict.Author).WriteRepr(into);
        into.Append(")", dict.Author);
    }

    public override bool Equals(object? obj) => ReferenceEquals(this, obj) || (obj is DictView other && kind != "values" && other.TypeName == TypeName
        && other.Length == Length && Items.All(item => other.Items.Any(theirs => Operators.AreEqual(item, theirs))));
    public override int GetHashCode() => dict.Count;
}
