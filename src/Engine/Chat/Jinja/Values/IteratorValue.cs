namespace Juxta.Engine.Chat.Jinja.Values;

/// <summary>A Python iterator or generator: lazy, always true, without length, and gone after one pass.</summary>
internal sealed class IteratorValue(IEnumerable<Value> items, string typeName = "generator") : Value
{
    readonly IEnumerator<Value> _items = items.GetEnumerator();

    public override string TypeName => typeName;
    public override bool IsIterable => true;

    /// <summary>The next item, or null at the end.</summary>
    public Value? Next()
    {
        Budget.CheckStack();
        return _items.MoveNext() ? _items.Current : null;
    }

    public override IEnumerable<Value> Iterate(Machine machine)
    {
        while (Next() is { } item) yield return item;
    }

    public override void WriteRepr(TextBuilder into) => into.Append($"<{typeName} object>", PromptSpan.Template);
}
