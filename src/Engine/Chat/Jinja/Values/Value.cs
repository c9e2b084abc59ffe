namespace Juxta.Engine.Chat.Jinja.Values;

/// <summary>
/// A value as templates see it. The semantics are Python's, since templates are written against Jinja2: truth, equality, repr,
/// attribute and item access follow the Python type that <see cref="TypeName"/> names.
/// </summary>
internal abstract class Value
{
    /// <summary>The Python type's name, as error messages give it.</summary>
    public abstract string TypeName { get; }

    /// <summary>Who wrote what this value becomes as text (see <see cref="PromptSpan.Message"/>).</summary>
    public virtual int Author => PromptSpan.Template;

    public virtual bool IsTrue => true;

    /// <summary>Appends Python's <c>repr</c>.</summary>
    public abstract void WriteRepr(TextBuilder into);

    /// <summary>Appends Python's <c>str</c>: the same as repr for everything but strings and undefined values.</summary>
    public virtual void WriteText(TextBuilder into) => WriteRepr(into);

    /// <summary>Python's <c>getattr</c>; null where Python raises AttributeError.</summary>
    public virtual Value? GetAttribute(Machine machine, string name) => null;

    /// <summary>Python's <c>value[key]</c>; null where Python raises a LookupError, a type error where it raises that.</summary>
    public virtual Value? GetItem(Machine machine, Value key) => throw JinjaError.Type($"'{TypeName}' object is not subscriptable");

    /// <summary>Python's <c>value[start:stop:step]</c>.</summary>
    public virtual Value GetSlice(Machine machine, Value? start, Value? stop, Value? step) => throw JinjaError.Type($"'{TypeName}' object is not subscriptable");

    /// <summary>Python's <c>len</c>; null where it has none.</summary>
    public virtual int? Length => null;

    /// <summary>Whether Python's <c>value[0]</c> is possible at all (lists, tuples, strings, dicts, ranges).</summary>
    public virtual bool IsSubscriptable => false;

    public virtual bool IsIterable => false;

    /// <summary>Python's <c>iter</c>: a fresh pass for containers, the one remaining pass for iterators.</summary>
    public virtual IEnumerable<Value> Iterate(Machine machine) => throw JinjaError.Type($"'{TypeName}' object is not iterable");

    public virtual bool IsCallable => false;

    public virtual Value Call(Machine machine, Arguments arguments) => throw JinjaError.Type($"'{TypeName}' object is not callable");

    /// <summary>Whether Python's <c>hash</c> works.</summary>
    public virtual bool IsHashable => true;

    /// <summary>How Jinja names a value's type in messages about missing attributes.</summary>
    public virtual string Describe => $"{TypeName} object";

    /// <summary>Python's <c>str(value)</c>.</summary>
    public virtual StrValue ToText(Machine machine)
    {
        var builder = new TextBuilder(machine.Budget);
        WriteText(builder);
        return builder.ToValue();
    }

    /// <summary>Python's <c>repr(value)</c>.</summary>
    public StrValue ToRepr(Machine machine)
    {
        var builder = new TextBuilder(machine.Budget);
        WriteRepr(builder);
        return builder.ToValue();
    }
}
