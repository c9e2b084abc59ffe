using Juxta.Engine.Chat.Jinja.Formatting;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja;

/// <summary>The names every chat template finds: Jinja's globals and the two functions that transformers adds.</summary>
internal static class Environment
{
    public static Context Globals()
    {
        var globals = new Context(null);
        globals.Set("range", new TypeValue("range", (_, arguments) => RangeValue.From(arguments)));
        globals.Set("dict", new TypeValue("dict", ContainerMethods.MakeDict));
        globals.Set("namespace", new TypeValue("jinja2.utils.Namespace", (machine, arguments) => new NamespaceValue(machine, arguments)));
        globals.Set("cycler", new TypeValue("jinja2.utils.Cycler", (_, arguments) => new CyclerValue(arguments)));
        globals.Set("joiner", new TypeValue("jinja2.utils.Joiner", (_, arguments) => new JoinerValue(arguments.Bind("joiner", 0, "sep")[0] ?? new StrValue(", "))));
        globals.Set("lipsum", new FunctionValue("generate_lorem_ipsum", (_, _) => throw new JinjaError(ErrorKind.Unsupported, "lipsum: a prompt must come out the same every time"), "function"));
        globals.Set("raise_exception", new FunctionValue("raise_exception", RaiseException, "function"));
        globals.Set("strftime_now", new FunctionValue("strftime_now", StrftimeNow, "function"));
        return globals;
    }

    static Value RaiseException(Machine machine, Arguments arguments) =>
        throw new JinjaError(ErrorKind.Raised, arguments.Bind("raise_exception", 1, "message")[0]!.ToText(machine).Units);

    static StrValue StrftimeNow(Machine machine, Arguments arguments)
    {
        if (arguments.Bind("strftime_now", 1, "format")[0] is not StrValue format) throw JinjaError.Type("strftime() argument 1 must be str");
        string text = TimeText.Format(format.Units, machine.Now);
        machine.Budget.AllocateString(text.Length);
        return new StrValue(text, PromptSpan.Data);
    }
}
