using Juxta.Engine.Chat.Jinja.Syntax;

namespace Juxta.Engine.Chat.Jinja.Values;

/// <summary>A macro or the body of a call block, closed over the function that defined it.</summary>
internal sealed class MacroValue(Machine machine, string? name, MacroBody body) : Value
{
    readonly Activation _home = machine.Activation;

    public override string TypeName => "Macro";
    public override string Describe => "jinja2.runtime.Macro object";
    public override bool IsCallable => true;

    string Title => name is null ? "None" : $"'{name}'";

    public override Value? GetAttribute(Machine machine, string attribute) => attribute switch
    {
        "name" => name is null ? NoneValue.None : new StrValue(name),
        "arguments" => new TupleValue([.. body.Parameters.Select(parameter => new StrValue(parameter.Name))]),
        "catch_kwargs" => BoolValue.Of(body.Kwargs is not null),
        "catch_varargs" => BoolValue.Of(body.Varargs is not null),
        "caller" => BoolValue.Of(body.Caller is not null),
        _ => null,
    };

    public override Value Call(Machine machine, Arguments arguments)
    {
        var parameters = body.Parameters;
        var activation = new Activation(_home, _home.Context, body.Slots);
        var named = new OrderedDictionary<string, Value>(arguments.Named);
        bool explicitCaller = false;
        for (int i = 0; i < parameters.Count; i++)
        {
            var parameter = parameters[i];
            Value? value = i < arguments.Positional.Count ? arguments.Positional[i] : null;
            if (i >= arguments.Positional.Count && named.Remove(parameter.Name, out var byName)) value = byName;
            explicitCaller |= parameter.Name == "caller";
            activation.Slots[parameter.Reference.Slot] = value;
        }
        if (body.Caller is { } caller && !explicitCaller)
            activation.Slots[caller.Slot] = named.Remove("caller", out var given) && given is not NoneValue ? given : new UndefinedValue("No caller defined");
        if (body.Kwargs is { } kwargs)
        {
            var dict = new DictValue();
            foreach (var (key, value) in named) dict.Set(key, value);
            activation.Slots[kwargs.Slot] = dict;
        }
        else if (named.Count > 0)
            throw JinjaError.Type(named.ContainsKey("caller") ? $"macro {Title} was invoked with two values for the special caller argument"
                : $"macro {Title} takes no keyword argument '{named.First().Key}'");
        if (body.Varargs is { } varargs) activation.Slots[varargs.Slot] = new TupleValue([.. arguments.Positional.Skip(parameters.Count)]);
        else if (arguments.Positional.Count > parameters.Count)
            throw JinjaError.Type($"macro {Title} takes not more than {parameters.Count} argument(s)");
        return machine.Invoke(activation, () => Render(machine));
    }

    StrValue Render(Machine machine)
    {
        var before = machine.BeginCapture();
        body.Scope.Enter(machine);
        for (int i = 0; i < body.Parameters.Count; i++)
        {
            var parameter = body.Parameters[i];
            if (machine.Load(parameter.Reference) is not null) continue;
            int fallback = i - body.Parameters.Count + body.Defaults.Count;
            machine.Store(parameter.Reference, fallback >= 0 ? body.Defaults[fallback].Evaluate(machine)
                : new UndefinedValue($"parameter '{parameter.Name}' was not provided"));
        }
        Statement.ExecuteAll(body.Body, machine);
        return machine.EndCapture(before);
    }

    public override void WriteRepr(TextBuilder into) => into.Append(name is null ? "<Macro anonymous>" : $"<Macro '{name}'>", PromptSpan.Template);
}

/// <summary><c>self</c>: the template's blocks as functions.</summary>
internal sealed class SelfValue(Context context) : Value
{
    public override string TypeName => "TemplateReference";
    public override string Describe => "jinja2.runtime.TemplateReference object";
    public override bool IsSubscriptable => true;

    public override Value? GetItem(Machine machine, Value key) => key is StrValue name && machine.Blocks.TryGetValue(name.Units, out var block)
        ? new FunctionValue(name.Units, (running, arguments) =>
        {
            arguments.BindPositional(name.Units, 0, 0);
            var before = running.BeginCapture();
            block.Render(running, context);
            return running.EndCapture(before);
        }, "BlockReference") : null;

    public override void WriteRepr(TextBuilder into) => into.Append("<TemplateReference None>", PromptSpan.Template);
}
