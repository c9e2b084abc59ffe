using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja;

/// <summary>The arguments of one call, bound to parameters the way Python binds them.</summary>
internal sealed class Arguments
{
    public static Arguments None => new();

    public List<Value> Positional { get; init; } = [];
    public OrderedDictionary<string, Value> Named { get; init; } = [];

    public Arguments() { }

    public Arguments(params ReadOnlySpan<Value> positional) => Positional = [.. positional];

    /// <summary>Values in the order of <paramref name="parameters"/>; null where one was left out that is not among the first <paramref name="required"/>.</summary>
    public Value?[] Bind(string function, int required, params ReadOnlySpan<string> parameters)
    {
        if (Positional.Count > parameters.Length)
            throw JinjaError.Type($"{function}() takes at most {parameters.Length} arguments ({Positional.Count} given)");
        var values = new Value?[parameters.Length];
        for (int i = 0; i < Positional.Count; i++) values[i] = Positional[i];
        foreach (var (name, value) in Named)
        {
            int at = parameters.IndexOf(name);
            if (at < 0) throw JinjaError.Type($"{function}() got an unexpected keyword argument '{name}'");
            if (values[at] is not null) throw JinjaError.Type($"{function}() got multiple values for argument '{name}'");
            values[at] = value;
        }
        for (int i = 0; i < required; i++)
            if (values[i] is null) throw JinjaError.Type($"{function}() missing required argument: '{parameters[i]}'");
        return values;
    }

    /// <summary>For functions without keywords: between <paramref name="least"/> and <paramref name="most"/> values, null where left out.</summary>
    public Value?[] BindPositional(string function, int least, int most)
    {
        RefuseNamed(function);
        if (Positional.Count < least || Positional.Count > most)
            throw JinjaError.Type(least == most ? $"{function}() takes exactly {least} arguments ({Positional.Count} given)"
                : $"{function}() takes from {least} to {most} arguments ({Positional.Count} given)");
        var values = new Value?[most];
        for (int i = 0; i < Positional.Count; i++) values[i] = Positional[i];
        return values;
    }

    public void RefuseNamed(string function)
    {
        if (Named.Count > 0) throw JinjaError.Type($"{function}() takes no keyword arguments");
    }
}
