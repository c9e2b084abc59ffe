using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Syntax;

/// <summary>The signature and body that macros and call blocks share; Jinja compiles both to a function.</summary>
internal sealed class MacroBody(List<NameTarget> parameters, List<Expression> defaults, List<Statement> body)
{
    public List<NameTarget> Parameters => parameters;
    public List<Expression> Defaults => defaults;
    public List<Statement> Body => body;

    public ScopeEntry Scope { get; set; } = ScopeEntry.Empty;
    public int Slots { get; set; }

    /// <summary>Slots of the special names, where the body uses them.</summary>
    public Reference? Caller { get; set; }
    public Reference? Varargs { get; set; }
    public Reference? Kwargs { get; set; }

    public IEnumerable<Node> Nodes => [.. parameters, .. defaults, .. body];
}

internal sealed class MacroStatement(string name, MacroBody body, int line) : Statement(line)
{
    public string Name => name;
    public MacroBody Body => body;
    public NameTarget Target { get; } = new(name, line);
    public override IEnumerable<Node> Children => body.Nodes;

    public override Flow Execute(Machine machine)
    {
        Target.Assign(machine, new MacroValue(machine, name, body));
        return Flow.Next;
    }
}

/// <summary><c>{% call(…) macro() %}…{% endcall %}</c>; <c>{% generation %}</c> is one without a macro, in which the body is simply written.</summary>
internal sealed class CallBlockStatement(CallExpression? call, MacroBody body, int line) : Statement(line)
{
    public CallExpression? Call => call;
    public MacroBody Body => body;
    public override IEnumerable<Node> Children => call is null ? body.Nodes : [call, .. body.Nodes];

    public override Flow Execute(Machine machine)
    {
        var caller = new MacroValue(machine, null, body);
        machine.WriteBlock(call is null ? caller.Call(machine, Arguments.None) : call.Compute(machine, caller));
        return Flow.Next;
    }
}

/// <summary><c>{% block name %}</c>: without inheritance a function called where it stands, and through <c>self</c>.</summary>
internal sealed class BlockStatement(string name, List<Statement> body, bool scoped, bool required, int line) : Statement(line)
{
    public string Name => name;
    public List<Statement> Body => body;
    public bool Scoped => scoped;
    public override IEnumerable<Node> Children => body;

    public int Slots { get; set; }
    public ScopeEntry Scope { get; set; } = ScopeEntry.Empty;
    public Reference? Self { get; set; }
    public Reference? Super { get; set; }

    /// <summary>What a scoped block sees of the variables around it.</summary>
    public List<(string Name, Reference Reference)> Locals { get; set; } = [];

    public override Flow Execute(Machine machine)
    {
        if (required) throw new JinjaError(ErrorKind.Runtime, $"Required block '{name}' not found");
        var context = machine.Activation.Context;
        if (scoped)
        {
            context = context.Derive();
            foreach (var (local, reference) in Locals)
                if (machine.Load(reference) is { } value) context.Set(local, value);
        }
        Render(machine, context);
        return Flow.Next;
    }

    public void Render(Machine machine, Context context) => machine.Invoke(new Activation(null, context, Slots), () =>
    {
        if (Self is { } self) machine.Store(self, new SelfValue(context));
        if (Super is { } super) machine.Store(super, new UndefinedValue($"there is no parent block called '{name}'."));
        Scope.Enter(machine);
        ExecuteAll(body, machine);
        return NoneValue.None;
    });
}
