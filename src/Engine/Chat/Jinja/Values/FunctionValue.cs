namespace Juxta.Engine.Chat.Jinja.Values;

internal delegate Value Function(Machine machine, Arguments arguments);

/// <summary>A function of the environment or a method bound to its owner.</summary>
internal sealed class FunctionValue(string name, Function body, string typeName = "builtin_function_or_method") : Value
{
    public override string TypeName => typeName;
    public override bool IsCallable => true;
    public override Value Call(Machine machine, Arguments arguments) => body(machine, arguments);
    public override void WriteRepr(TextBuilder into) => into.Append(typeName == "function" ? $"<function {name}>" : $"<built-in method {name}>", PromptSpan.Template);
}

/// <summary>A Python class that templates may call: range, dict, namespace, cycler, joiner.</summary>
internal sealed class TypeValue(string name, Function create) : Value
{
    public override string TypeName => "type";
    public override bool IsCallable => true;
    public override Value Call(Machine machine, Arguments arguments) => create(machine, arguments);
    public override void WriteRepr(TextBuilder into) => into.Append($"<class '{name}'>", PromptSpan.Template);
}
