namespace Juxta.Engine.Chat.Jinja.Values;

/// <summary>The methods of Python's list, tuple and dict that the sandbox lets through.</summary>
internal static class ContainerMethods
{
    public static Value? Find(ListValue self, string name) => (name, self) switch
    {
        ("count", _) => new FunctionValue(name, (machine, arguments) =>
        {
            var wanted = arguments.BindPositional(name, 1, 1)[0]!;
            return new IntValue(self.Items.Count(item => Operators.AreSame(item, wanted)));
        }),
        ("index", _) => new FunctionValue(name, (machine, arguments) =>
        {
            var values = arguments.BindPositional(name, 1, 3);
            var bounds = Slice.Resolve(values[1], values[2], null, self.Items.Count);
            int found = bounds.Indices.FirstOrDefault(i => Operators.AreSame(self.Items[i], values[0]!), -1);
            return found >= 0 ? new IntValue(found) : throw JinjaError.Value($"{values[0]!.ToRepr(machine).Units} is not in {self.TypeName}");
        }),
        (_, TupleValue) => null,
        ("copy", _) => new FunctionValue(name, (machine, _) => { machine.Budget.AllocateItems(self.Items.Count); return self.WithItems([.. self.Items]); }),
        ("clear", _) => new FunctionValue(name, (_, _) => { self.Items.Clear(); return NoneValue.None; }),
        ("pop", _) => new FunctionValue(name, (_, arguments) => Pop(self, arguments)),
        _ => null,
    };

    static Value Pop(ListValue self, Arguments arguments)
    {
        int index = arguments.BindPositional("pop", 0, 1)[0] is { } given ? Numbers.ToInt32(given, "index") : -1;
        if (index < 0) index += self.Items.Count;
        if (self.Items.Count == 0) throw new JinjaError(ErrorKind.Lookup, "pop from empty list");
        if (index < 0 || index >= self.Items.Count) throw new JinjaError(ErrorKind.Lookup, "pop index out of range");
        var item = self.Items[index];
        self.Items.RemoveAt(index);
        return item;
    }

    public static Value? Find(DictValue self, string name) => name switch
    {
        "keys" or "values" or "items" => new FunctionValue(name, (_, arguments) => { arguments.BindPositional(name, 0, 0); return new DictView(self, name); }),
        "copy" => new FunctionValue(name, (machine, _) => { machine.Budget.AllocateItems(self.Count); return self.Copy(); }),
        "get" => new FunctionValue(name, (_, arguments) =>
        {
            var values = arguments.BindPositional(name, 1, 2);
            return self.Get(values[0]!) ?? values[1] ?? NoneValue.None;
        }),
        "fromkeys" => new FunctionValue(name, (machine, arguments) =>
        {
            var values = arguments.BindPositional(name, 1, 2);
            var dict = new DictValue();
            foreach (var key in values[0]!.Iterate(machine)) { machine.Budget.AllocateItems(1); dict.Set(key, values[1] ?? NoneValue.None); }
            return dict;
        }),
        _ => null,
    };

    /// <summary>Python's <c>dict(mapping or pairs, **named)</c>.</summary>
    public static DictValue MakeDict(Machine machine, Arguments arguments)
    {
        if (arguments.Positional.Count > 1) throw JinjaError.Type($"dict expected at most 1 argument, got {arguments.Positional.Count}");
        var dict = new DictValue();
        if (arguments.Positional is [DictValue source])
        {
            machine.Budget.AllocateItems(source.Count);
            dict = source.Copy();
        }
        else if (arguments.Positional is [var pairs])
        {
            int index = 0;
            foreach (var pair in pairs.Iterate(machine))
            {
                machine.Budget.AllocateItems(1);
                if (!pair.IsIterable) throw JinjaError.Type($"cannot convert dictionary update sequence element #{index} to a sequence");
                var halves = pair.Iterate(machine).Take(3).ToList();
                if (halves.Count != 2) throw JinjaError.Value($"dictionary update sequence element #{index} has length {halves.Count}; 2 is required");
                dict.Set(halves[0], halves[1]);
                index++;
            }
        }
        foreach (var (name, value) in arguments.Named) dict.Set(name, value);
        return dict;
    }
}
