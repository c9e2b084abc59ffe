using Juxta.Engine.Chat.Jinja.Syntax;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja;

/// <summary>The variables that the request, the environment and top-level assignments define. Blocks and late lookups resolve names here.</summary>
internal sealed class Context(Context? parent)
{
    readonly Dictionary<string, Value> _variables = [];

    public Value? Resolve(string name) => _variables.TryGetValue(name, out var value) ? value : parent?.Resolve(name);
    public void Set(string name, Value value) => _variables[name] = value;
    public Context Derive() => new(this);
}

/// <summary>One running function (the template, a macro, a block, a recursive loop) and its variables; null marks one not yet assigned.</summary>
internal sealed class Activation(Activation? outer, Context context, int slots)
{
    public Activation? Outer => outer;
    public Context Context => context;
    public Value?[] Slots { get; } = new Value?[slots];
}

/// <summary>The state of one rendering.</summary>
internal sealed class Machine(Budget budget, Activation root, Func<DateTime> now, IReadOnlyDictionary<string, BlockStatement> blocks)
{
    public Budget Budget => budget;
    public IReadOnlyDictionary<string, BlockStatement> Blocks => blocks;
    public Activation Activation { get; set; } = root;
    public TextBuilder Output { get; private set; } = new(budget);
    public bool Autoescape { get; set; }

    /// <summary>The template's line that runs now.</summary>
    public int Line { get; set; } = 1;

    /// <summary>Inside a printed expression without any variable.</summary>
    public bool PrintsConstant { get; set; }

    public DateTime Now => now();

    public Value? Load(Reference reference) => Home(reference).Slots[reference.Slot];

    public void Store(Reference reference, Value? value) => Home(reference).Slots[reference.Slot] = value;

    Activation Home(Reference reference)
    {
        var home = Activation;
        for (int hops = reference.Hops; hops > 0; hops--) home = home.Outer!;
        return home;
    }

    /// <summary>Prints a value as <c>{{ value }}</c> does.</summary>
    public void Write(Value value)
    {
        if (Autoescape) Output.Append(Html.Escape(this, value));
        else value.WriteText(Output);
    }

    /// <summary>Writes what a filter block or call block came to: Jinja joins it unconverted, so it must be a string.</summary>
    public void WriteBlock(Value value) => Output.Append(value as StrValue ?? throw JinjaError.Type($"expected str instance, {value.TypeName} found"));

    public TextBuilder BeginCapture()
    {
        var before = Output;
        Output = new TextBuilder(budget);
        return before;
    }

    public StrValue EndCapture(TextBuilder before)
    {
        var text = Output.ToValue(Autoescape);
        Output = before;
        return text;
    }

    /// <summary>Executes statements into a string. After a jump out of them their text is lost, as in Jinja.</summary>
    public Flow Capture(List<Statement> body, out StrValue text)
    {
        var before = BeginCapture();
        var flow = Statement.ExecuteAll(body, this);
        text = EndCapture(before);
        return flow;
    }

    /// <summary>Runs a function's body in its own activation.</summary>
    public Value Invoke(Activation activation, Func<Value> body)
    {
        var caller = Activation;
        int line = Line;
        budget.EnterCall();
        Activation = activation;
        var result = body();
        Activation = caller;
        Line = line;
        budget.LeaveCall();
        return result;
    }
}
