using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Syntax;

/// <summary>The left side of an assignment.</summary>
internal abstract class Target(int line) : Node(line)
{
    public override IEnumerable<Node> Children => [];
    public abstract void Assign(Machine machine, Value value);

    /// <summary>A copy whose names can be placed in another function (a loop's condition runs in its own).</summary>
    public abstract Target Copy();

    /// <summary>What the target holds after <paramref name="assigned"/> went in: unpacked values come back as a tuple.</summary>
    public virtual Value Read(Machine machine, Value assigned) => assigned;

    /// <summary>Every plain name in it.</summary>
    public virtual IEnumerable<NameTarget> Names => [];
}

internal sealed class NameTarget(string name, int line) : Target(line)
{
    public string Name => name;
    public Reference Reference { get; set; }

    /// <summary>At top level the template's context sees the variable too.</summary>
    public bool Exported { get; set; }

    public override IEnumerable<NameTarget> Names => [this];
    public override Target Copy() => new NameTarget(name, Line);

    public override void Assign(Machine machine, Value value)
    {
        machine.Store(Reference, value);
        if (Exported) machine.Activation.Context.Set(name, value);
    }
}

internal sealed class TupleTarget(List<Target> items, int line) : Target(line)
{
    public override IEnumerable<Node> Children => items;
    public override IEnumerable<NameTarget> Names => items.SelectMany(item => item.Names);
    public override Target Copy() => new TupleTarget([.. items.Select(item => item.Copy())], Line);
    public override Value Read(Machine machine, Value assigned) => new TupleValue([.. items.Zip(assigned.Iterate(machine), (item, part) => item.Read(machine, part))]);

    public override void Assign(Machine machine, Value value)
    {
        if (!value.IsIterable) throw JinjaError.Type($"cannot unpack non-iterable {value.TypeName} object");
        var values = new List<Value>();
        foreach (var item in value.Iterate(machine))
        {
            if (values.Count == items.Count) throw JinjaError.Value($"too many values to unpack (expected {items.Count})");
            values.Add(item);
        }
        if (values.Count < items.Count) throw JinjaError.Value($"not enough values to unpack (expected {items.Count}, got {values.Count})");
        for (int i = 0; i < items.Count; i++) items[i].Assign(machine, values[i]);
    }
}

/// <summary><c>ns.attribute</c>.</summary>
internal sealed class NamespaceTarget(string name, string attribute, int line) : Target(line)
{
    public string Name => name;
    public Reference Reference { get; set; }
    public override Target Copy() => new NamespaceTarget(name, attribute, Line);

    public override void Assign(Machine machine, Value value)
    {
        if (machine.Load(Reference) is not NamespaceValue space)
            throw new JinjaError(ErrorKind.Runtime, "cannot assign attribute on non-namespace object");
        machine.Budget.AllocateItems(1);
        space.SetAttribute(attribute, value);
    }
}
