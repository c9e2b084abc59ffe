namespace Juxta.Engine.Chat.Jinja.Values;

/// <summary>Jinja's <c>Undefined</c>: prints as nothing, is false and empty, and fails with its own message at every other use.</summary>
internal sealed class UndefinedValue(string message, ErrorKind kind = ErrorKind.Undefined) : Value
{
    public static UndefinedValue Variable(string name) => new($"'{name}' is undefined");

    public static UndefinedValue Missing(Machine machine, Value owner, Value key) => new(key is StrValue name
        ? $"'{owner.Describe}' has no attribute {name.ToRepr(machine).Units}"
        : $"{owner.Describe} has no element {key.ToRepr(machine).Units}");

    public static UndefinedValue Unsafe(Value owner, string name) => new($"access to attribute '{name}' of '{owner.TypeName}' object is unsafe.", ErrorKind.Security);

    public override string TypeName => "Undefined";
    public override string Describe => "jinja2.runtime.Undefined object";
    public override bool IsTrue => false;
    public override int? Length => 0;
    public override bool IsIterable => true;
    public override bool IsSubscriptable => true;

    public JinjaError Fail() => new(kind, message);

    public override IEnumerable<Value> Iterate(Machine machine) => [];
    public override Value? GetAttribute(Machine machine, string name) => throw Fail();
    public override Value? GetItem(Machine machine, Value key) => throw Fail();
    public override Value GetSlice(Machine machine, Value? start, Value? stop, Value? step) => throw Fail();
    public override Value Call(Machine machine, Arguments arguments) => throw Fail();
    public override bool IsCallable => true;
    public override void WriteRepr(TextBuilder into) => into.Append("Undefined", PromptSpan.Template);
    public override void WriteText(TextBuilder into) { }
    public override bool Equals(object? obj) => obj is UndefinedValue;
    public override int GetHashCode() => 0x556e64;
}
