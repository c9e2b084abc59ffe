namespace Juxta.Engine.Chat.Jinja.Values;

/// <summary>Jinja's <c>namespace</c>: the one thing a template can assign attributes to.</summary>
internal sealed class NamespaceValue : Value
{
    readonly DictValue _attributes;

    public NamespaceValue(Machine machine, Arguments arguments) => _attributes = ContainerMethods.MakeDict(machine, arguments);

    public override string TypeName => "Namespace";
    public override string Describe => "jinja2.utils.Namespace object";
    public override Value? GetAttribute(Machine machine, string name) => _attributes.Get(name);
    public void SetAttribute(string name, Value value) => _attributes.Set(name, value);

    public override void WriteRepr(TextBuilder into)
    {
        Budget.CheckStack();
        into.Append("<Namespace ", PromptSpan.Template);
        _attributes.WriteRepr(into);
        into.Append(">", PromptSpan.Template);
    }
}

/// <summary>Jinja's <c>cycler</c>.</summary>
internal sealed class CyclerValue : Value
{
    readonly List<Value> _items;
    int _position;

    public CyclerValue(Arguments arguments)
    {
        arguments.RefuseNamed("cycler");
        _items = [.. arguments.Positional];
        if (_items.Count == 0) throw new JinjaError(ErrorKind.Runtime, "at least one item has to be provided");
    }

    public override string TypeName => "Cycler";
    public override string Describe => "jinja2.utils.Cycler object";

    public override Value? GetAttribute(Machine machine, string name) => name switch
    {
        "current" => _items[_position],
        "items" => new TupleValue(_items),
        "pos" => new IntValue(_position),
        "next" => new FunctionValue("next", (_, _) => Next(), "method"),
        "reset" => new FunctionValue("reset", (_, _) => { _position = 0; return NoneValue.None; }, "method"),
        _ => null,
    };

    Value Next()
    {
        var item = _items[_position];
        _position = (_position + 1) % _items.Count;
        return item;
    }

    public override void WriteRepr(TextBuilder into) => into.Append("<Cycler object>", PromptSpan.Template);
}

/// <summary>Jinja's <c>joiner</c>: nothing at the first call, the separator afterwards.</summary>
internal sealed class JoinerValue(Value separator) : Value
{
    bool _used;

    public override string TypeName => "Joiner";
    public override string Describe => "jinja2.utils.Joiner object";
    public override bool IsCallable => true;

    public override Value? GetAttribute(Machine machine, string name) => name switch { "sep" => separator, "used" => BoolValue.Of(_used), _ => null };

    public override Value Call(Machine machine, Arguments arguments)
    {
        if (_used) return separator;
        _used = true;
        return StrValue.Empty;
    }

    public override void WriteRepr(TextBuilder into) => into.Append("<Joiner object>", PromptSpan.Template);
}

/// <summary>Python's <c>bytes</c>, which <c>str.encode</c> returns.</summary>
internal sealed class BytesValue(byte[] bytes, int author) : Value
{
    public byte[] Bytes => bytes;
    public override string TypeName => "bytes";
    public override int Author => author;
    public override bool IsTrue => bytes.Length > 0;
    public override int? Length => bytes.Length;
    public override bool IsIterable => true;
    public override bool IsSubscriptable => true;
    public override IEnumerable<Value> Iterate(Machine machine) => bytes.Select(b => new IntValue(b, author));
    public override Value? GetItem(Machine machine, Value key) => new ListValue([.. Iterate(machine)]).GetItem(machine, key);

    public override Value GetSlice(Machine machine, Value? start, Value? stop, Value? step) =>
        new BytesValue([.. Slice.Resolve(start, stop, step, bytes.Length).Indices.Select(i => bytes[i])], author);

    public override Value? GetAttribute(Machine machine, string name) => name switch
    {
        "decode" => new FunctionValue("decode", (_, _) => new StrValue(System.Text.Encoding.UTF8.GetString(bytes), author)),
        "hex" => new FunctionValue("hex", (_, _) => new StrValue(Convert.ToHexStringLower(bytes), author)),
        _ => null,
    };

    public override void WriteRepr(TextBuilder into)
    {
        char quote = bytes.Contains((byte)'\'') && !bytes.Contains((byte)'"') ? '"' : '\'';
        into.Append("b" + quote, author);
        foreach (byte b in bytes)
            into.Append(b switch
            {
                (byte)'\\' => "\\\\",
                (byte)'\n' => "\\n",
                (byte)'\r' => "\\r",
                (byte)'\t' => "\\t",
                _ when b == quote => "\\" + quote,
                >= 0x20 and < 0x7f => ((char)b).ToString(),
                _ => $"\\x{b:x2}",
            }, author);
        into.Append(quote, author);
    }

    public override bool Equals(object? obj) => obj is BytesValue other && bytes.AsSpan().SequenceEqual(other.Bytes);
    public override int GetHashCode() => bytes.Length;
}
