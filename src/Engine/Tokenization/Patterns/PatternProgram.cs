namespace Juxta.Engine.Tokenization.Patterns;

enum Operation : byte
{
    /// <summary>One code point of Set.</summary>
    Set,
    /// <summary>As many code points of Set as there are, A to B, giving them back one by one, or never.</summary>
    RunGreedy, RunPossessive,
    /// <summary>Go on here, or at A when that fails; straight to A when the next code point is not in Set (if there is one).</summary>
    Branch,
    /// <summary>Go to A, or on here when that fails.</summary>
    BranchAway,
    Jump,
    /// <summary>Remember the position in register A.</summary>
    Mark,
    /// <summary>Go to B when nothing was consumed since register A was marked.</summary>
    LeaveIfEmpty,
    /// <summary>The body that follows, up to its Accept, without giving anything back; then go to A.</summary>
    Atomic,
    /// <summary>The body that follows must match ahead, or not when B is 1; then go to A.</summary>
    Ahead,
    /// <summary>The body that follows must match ending here, or not when B is 1, its width is in Width; then go to A.</summary>
    Behind,
    /// <summary>Anchor A.</summary>
    Assert,
    Accept,
}

readonly record struct Instruction(Operation Operation, int A = 0, int B = 0, CodePointSet? Set = null, int Width = 0);

/// <summary>Turns a syntax tree into instructions for <see cref="PatternMatcher"/>.</summary>
sealed class PatternCompiler
{
    const int MaximumLength = 50_000;

    readonly List<Instruction> _program = [];
    readonly string _source;
    int _registers;

    PatternCompiler(string source) => _source = source;

    public static (Instruction[] Program, int Registers) Compile(Node node, string source)
    {
        var compiler = new PatternCompiler(source);
        compiler.Emit(node);
        compiler.Add(new(Operation.Accept));
        return ([.. compiler._program], compiler._registers);
    }

    int Add(Instruction instruction)
    {
        if (_program.Count >= MaximumLength)
            throw new ModelFormatException($"reading a tokenizer's pattern /{_source}/: it unrolls to more than {MaximumLength} steps; use smaller repetition counts");
        _program.Add(instruction);
        return _program.Count - 1;
    }

    void Aim(int instruction, int target) => _program[instruction] = _program[instruction] with { A = target };

    void Emit(Node node)
    {
        switch (node)
        {
            case SetNode set: Add(new(Operation.Set, Set: set.Set)); break;
            case SequenceNode sequence: foreach (var item in sequence.Items) Emit(item); break;
            case AlternationNode alternation: EmitAlternation(alternation.Options); break;
            case RepeatNode repeat: EmitRepeat(repeat); break;
            case AnchorNode anchor: Add(new(Operation.Assert, (int)anchor.Anchor)); break;
            case AtomicNode atomic: EmitBody(Operation.Atomic, atomic.Body); break;
            case LookNode { Behind: false } look: EmitBody(Operation.Ahead, look.Body, look.Negative ? 1 : 0); break;
            case LookNode look: EmitBehind(look); break;
        }
    }

    void EmitBody(Operation operation, Node body, int negative = 0, int width = 0)
    {
        int head = Add(new(operation, B: negative, Width: width));
        Emit(body);
        Add(new(Operation.Accept));
        Aim(head, _program.Count);
    }

    /// <summary>Each alternative of a look-behind has one width; several widths are tried one after another.</summary>
    void EmitBehind(LookNode look)
    {
        var options = look.Body is AlternationNode alternation ? alternation.Options : [look.Body];
        if (look.Negative)
            foreach (var option in options) EmitBody(Operation.Behind, option, 1, option.Width.Min);
        else
            EmitChoice(options.Select<Node, (CodePointSet?, Action)>(option => (null, () => EmitBody(Operation.Behind, option, 0, option.Width.Min))).ToList());
    }

    void EmitAlternation(IReadOnlyList<Node> options) =>
        EmitChoice(options.Select<Node, (CodePointSet?, Action)>(option => (First(option), () => Emit(option))).ToList());

    void EmitChoice(List<(CodePointSet? First, Action Emit)> options)
    {
        List<int> exits = [];
        for (int i = 0; i < options.Count; i++)
        {
            bool last = i == options.Count - 1;
            int branch = last ? -1 : Add(new(Operation.Branch, Set: options[i].First));
            options[i].Emit();
            if (last) break;
            exits.Add(Add(new(Operation.Jump)));
            Aim(branch, _program.Count);
        }
        foreach (int exit in exits) Aim(exit, _program.Count);
    }

    static CodePointSet? First(Node node) => node.Start is (var first, false) ? first : null;

    void EmitRepeat(RepeatNode repeat)
    {
        if (repeat.Body is SetNode { Set: var set } && repeat.Greed != Greed.Lazy)
        {
            Add(new(repeat.Greed == Greed.Greedy ? Operation.RunGreedy : Operation.RunPossessive, repeat.Min, repeat.Max, set));
            return;
        }
        if (repeat.Greed == Greed.Possessive)
        {
            EmitBody(Operation.Atomic, repeat with { Greed = Greed.Greedy });
            return;
        }
        for (int i = 0; i < repeat.Min; i++) Emit(repeat.Body);
        if (repeat.Max == int.MaxValue)
        {
            EmitLoop(repeat);
            return;
        }
        List<int> exits = [];
        for (int i = repeat.Min; i < repeat.Max; i++)
        {
            exits.Add(EmitChoicePoint(repeat));
            Emit(repeat.Body);
        }
        foreach (int exit in exits) Aim(exit, _program.Count);
    }

    /// <summary>A choice between the body that follows and an exit still to be aimed.</summary>
    int EmitChoicePoint(RepeatNode repeat) => repeat.Greed == Greed.Lazy
        ? Add(new(Operation.BranchAway))
        : Add(new(Operation.Branch, Set: First(repeat.Body)));

    void EmitLoop(RepeatNode repeat)
    {
        int head = EmitChoicePoint(repeat);
        bool canBeEmpty = repeat.Body.Width.Min == 0;
        int register = canBeEmpty ? _registers++ : 0;
        if (canBeEmpty) Add(new(Operation.Mark, register));
        Emit(repeat.Body);
        int leave = canBeEmpty ? Add(new(Operation.LeaveIfEmpty, register)) : -1;
        Add(new(Operation.Jump, head));
        Aim(head, _program.Count);
        if (leave >= 0) _program[leave] = _program[leave] with { B = _program.Count };
    }
}
