namespace Juxta.Engine.Chat.Jinja.Syntax;

/// <summary>The slots of one function: the template, a macro, a block, a loop's condition, a recursive loop.</summary>
internal sealed class Layout(Layout? outer)
{
    readonly Dictionary<(int Level, string Name), Variable> _variables = [];

    public int Slots => _variables.Count;

    public Variable Place(int level, string name)
    {
        if (!_variables.TryGetValue((level, name), out var variable))
            _variables.Add((level, name), variable = new Variable(this, _variables.Count));
        return variable;
    }

    /// <summary>The variable as seen from code of this function.</summary>
    public Reference To(Variable variable)
    {
        int hops = 0;
        for (var layout = this; layout != variable.Layout; layout = layout.Outer!) hops++;
        return new Reference(hops, variable.Slot);
    }

    Layout? Outer => outer;
}

internal sealed record Variable(Layout Layout, int Slot);

internal enum LoadKind { Parameter, Resolve, Alias, Undefined }

/// <summary>
/// The names of one scope, and what each starts as when the scope is entered. Jinja decides this before the template runs, and
/// templates can tell: a name that is assigned anywhere in a scope starts as the outer variable of that name, or undefined.
/// </summary>
internal sealed class Scope
{
    readonly Dictionary<string, Variable> _names;
    readonly Dictionary<Variable, (LoadKind Kind, string Name, Variable? Outer)> _loads;
    readonly HashSet<string> _stores;
    readonly int _level;

    public Scope(Scope? outer, Layout layout) => (Outer, Layout, _level, _names, _loads, _stores) = (outer, layout, outer is null ? 0 : outer._level + 1, [], [], []);

    Scope(Scope other) => (Outer, Layout, _level, _names, _loads, _stores) = (other.Outer, other.Layout, other._level, new(other._names), new(other._loads), [.. other._stores]);

    public Scope? Outer { get; }
    public Layout Layout { get; }

    public Variable? Find(string name) => _names.TryGetValue(name, out var variable) ? variable : Outer?.Find(name);

    Variable Define(string name, LoadKind kind, Variable? outer = null)
    {
        var variable = _names[name] = Layout.Place(_level, name);
        _loads[variable] = (kind, name, outer);
        return variable;
    }

    public void Store(string name)
    {
        _stores.Add(name);
        if (_names.ContainsKey(name)) return;
        if (Outer?.Find(name) is { } outer) Define(name, LoadKind.Alias, outer);
        else Define(name, LoadKind.Undefined);
    }

    public Variable Declare(string name)
    {
        _stores.Add(name);
        return Define(name, LoadKind.Parameter);
    }

    public void Load(string name)
    {
        if (Find(name) is null) Define(name, LoadKind.Resolve);
    }

    /// <summary>A copy for one branch of an if, to be merged back by <see cref="Merge"/>.</summary>
    public Scope Branch() => new(this);

    /// <summary>What only some branches assign keeps its meaning from before where no branch ran.</summary>
    public void Merge(IReadOnlyList<Scope> branches)
    {
        var counts = new Dictionary<string, int>();
        foreach (var branch in branches)
            foreach (string name in branch._stores)
                if (!_stores.Contains(name)) counts[name] = counts.GetValueOrDefault(name) + 1;
        foreach (var branch in branches)
        {
            foreach (var (name, variable) in branch._names) _names[name] = variable;
            foreach (var (variable, load) in branch._loads) _loads[variable] = load;
            _stores.UnionWith(branch._stores);
        }
        foreach (var (name, count) in counts)
        {
            if (count == branches.Count) continue;
            _loads[Find(name)!] = Outer?.Find(name) is { } outer ? (LoadKind.Alias, name, outer) : (LoadKind.Resolve, name, null);
        }
    }

    public ScopeEntry Entry => new([.. _loads.Select(load => new ScopeEntry.Start(load.Key.Slot, load.Value.Kind, load.Value.Name,
        load.Value.Outer is { } outer ? Layout.To(outer) : default))]);

    /// <summary>Every name assigned here or further out, nearest first.</summary>
    public IEnumerable<(string Name, Variable Variable)> Visible()
    {
        var seen = new HashSet<string>();
        for (var scope = this; scope is not null; scope = scope.Outer)
            foreach (string name in scope._stores)
                if (seen.Add(name)) yield return (name, Find(name)!);
    }
}

/// <summary>What to do when execution enters and leaves a scope.</summary>
internal sealed class ScopeEntry(ScopeEntry.Start[] starts)
{
    public readonly record struct Start(int Slot, LoadKind Kind, string Name, Reference Outer);

    public static readonly ScopeEntry Empty = new([]);

    public void Enter(Machine machine)
    {
        var activation = machine.Activation;
        foreach (var start in starts)
        {
            if (start.Kind == LoadKind.Parameter) continue;
            activation.Slots[start.Slot] = start.Kind switch
            {
                LoadKind.Resolve => activation.Context.Resolve(start.Name),
                LoadKind.Alias => machine.Load(start.Outer),
                _ => null,
            };
        }
    }

    public void Leave(Machine machine)
    {
        foreach (var start in starts) machine.Activation.Slots[start.Slot] = null;
    }
}
