using System.Buffers;
using System.Runtime.CompilerServices;

namespace Juxta.Engine.Tokenization.Patterns;

/// <summary>
/// Runs a compiled pattern over a text by backtracking, code point by code point, with an explicit stack and a budget of steps:
/// a pattern that explodes on a text ends in an error and not in a hang.
/// </summary>
ref struct PatternMatcher
{
    /// <summary>Steps allowed for one text: a fixed part and a part per character. Sane patterns take below ten per character.</summary>
    const long FixedSteps = 1_000_000, StepsPerUnit = 200;

    readonly Instruction[] _program;
    readonly ReadOnlySpan<char> _text;
    readonly string _source;
    readonly int[] _registers;
    int[] _stack;
    int _depth;
    long _steps;

    public PatternMatcher(Instruction[] program, int registers, string source, ReadOnlySpan<char> text)
    {
        _program = program;
        _source = source;
        _text = text;
        _registers = registers == 0 ? [] : new int[registers];
        _stack = ArrayPool<int>.Shared.Rent(256);
        _steps = StepsFor(text.Length);
    }

    /// <summary>How many steps are allowed for a text of so many UTF-16 units.</summary>
    public static long StepsFor(int length) => FixedSteps + StepsPerUnit * length;

    public void Dispose()
    {
        if (_stack is { Length: > 0 }) ArrayPool<int>.Shared.Return(_stack); // null in a matcher that never was needed
        _stack = [];
    }

    /// <summary>Whether the pattern matches at <paramref name="position"/>, and where that match ends.</summary>
    public bool MatchAt(int position, out int end) => Run(0, position, out end);

    // Frames of three: (instruction, position, lowest position of a run) or (~register, its old value, 0).
    void Push(int instruction, int position, int lowest)
    {
        if (_depth + 3 > _stack.Length)
        {
            if (_stack.Length > 1 << 28) throw Exploded();
            int[] larger = ArrayPool<int>.Shared.Rent(_stack.Length * 2);
            _stack.AsSpan(0, _depth).CopyTo(larger);
            ArrayPool<int>.Shared.Return(_stack);
            _stack = larger;
        }
        _stack[_depth] = instruction;
        _stack[_depth + 1] = position;
        _stack[_depth + 2] = lowest;
        _depth += 3;
    }

    bool Run(int start, int position, out int end)
    {
        int floor = _depth, at = start;
        while (true)
        {
            if (--_steps < 0) throw Exploded();
            ref readonly var step = ref _program[at];
            bool matched = true;
            switch (step.Operation)
            {
                case Operation.Set:
                    int length = LengthIn(step.Set!, position);
                    matched = length != 0;
                    position += length;
                    at++;
                    break;
                case Operation.RunGreedy:
                    {
                        int lowest = position;
                        matched = Skip(step.Set!, ref lowest, step.A);
                        position = lowest;
                        if (!matched) break;
                        Skip(step.Set!, ref position, step.B - step.A);
                        at++;
                        if (position > lowest) Push(at, position, lowest);
                        break;
                    }
                case Operation.RunPossessive:
                    matched = Skip(step.Set!, ref position, step.A);
                    if (matched) Skip(step.Set!, ref position, step.B - step.A);
                    at++;
                    break;
                case Operation.Branch:
                    if (step.Set is { } first && LengthIn(first, position) == 0)
                    {
                        at = step.A;
                        break;
                    }
                    Push(step.A, position, position);
                    at++;
                    break;
                case Operation.BranchAway:
                    Push(at + 1, position, position);
                    at = step.A;
                    break;
                case Operation.Jump:
                    at = step.A;
                    break;
                case Operation.Mark:
                    Push(~step.A, _registers[step.A], 0);
                    _registers[step.A] = position;
                    at++;
                    break;
                case Operation.LeaveIfEmpty:
                    at = _registers[step.A] == position ? step.B : at + 1;
                    break;
                case Operation.Atomic:
                    matched = Run(at + 1, position, out int atomicEnd);
                    position = atomicEnd;
                    at = step.A;
                    break;
                case Operation.Ahead:
                    matched = Run(at + 1, position, out _) == (step.B == 0);
                    at = step.A;
                    break;
                case Operation.Behind:
                    matched = (StepBack(position, step.Width) is int back and >= 0 && Run(at + 1, back, out _)) == (step.B == 0);
                    at = step.A;
                    break;
                case Operation.Assert:
                    matched = Holds((Anchor)step.A, position);
                    at++;
                    break;
                case Operation.Accept:
                    Unwind(floor);
                    end = position;
                    return true;
            }
            if (!matched && !Backtrack(floor, ref at, ref position))
            {
                end = position;
                return false;
            }
        }
    }

    bool Backtrack(int floor, ref int at, ref int position)
    {
        while (_depth > floor)
        {
            _depth -= 3;
            int target = _stack[_depth], saved = _stack[_depth + 1], lowest = _stack[_depth + 2];
            if (target < 0)
            {
                _registers[~target] = saved;
                continue;
            }
            at = target;
            position = saved;
            if (saved > lowest)
            {
                position = saved - (char.IsLowSurrogate(_text[saved - 1]) && saved >= 2 ? 2 : 1);
                if (position > lowest) Push(target, position, lowest);
            }
            return true;
        }
        return false;
    }

    /// <summary>Drops the frames above <paramref name="floor"/>, keeping the register values that led to success.</summary>
    void Unwind(int floor) => _depth = floor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    readonly int LengthIn(CodePointSet set, int position)
    {
        if ((uint)position >= (uint)_text.Length) return 0;
        char unit = _text[position];
        if (!char.IsHighSurrogate(unit) || position + 1 >= _text.Length) return set.Contains(unit) ? 1 : 0;
        return set.Contains(char.ConvertToUtf32(unit, _text[position + 1])) ? 2 : 0;
    }

    /// <summary>Moves over at most <paramref name="count"/> code points of the set; false when there are fewer.</summary>
    bool Skip(CodePointSet set, ref int position, int count)
    {
        int start = position;
        while (count > 0)
        {
            int length = LengthIn(set, position);
            if (length == 0) break;
            position += length;
            count--;
        }
        _steps -= (position - start) >> 3;
        return count == 0;
    }

    readonly int StepBack(int position, int codePoints)
    {
        for (; codePoints > 0; codePoints--)
        {
            if (position <= 0) return -1;
            position -= position >= 2 && char.IsLowSurrogate(_text[position - 1]) ? 2 : 1;
        }
        return position;
    }

    readonly bool Holds(Anchor anchor, int position) => anchor switch
    {
        Anchor.TextStart => position == 0,
        Anchor.TextEnd => position == _text.Length,
        Anchor.TextEndOrLastNewline => position == _text.Length || (position == _text.Length - 1 && _text[position] == '\n'),
        // Oniguruma: no line starts behind a newline that ends the text.
        Anchor.LineStart => position == 0 || (_text[position - 1] == '\n' && position < _text.Length),
        Anchor.LineEnd => position == _text.Length || _text[position] == '\n',
        Anchor.WordBorder => IsWordAt(position) != IsWordBefore(position),
        _ => IsWordAt(position) == IsWordBefore(position),
    };

    readonly bool IsWordAt(int position) => LengthIn(CharacterClasses.WordAlone, position) != 0;
    readonly bool IsWordBefore(int position) => StepBack(position, 1) is int before and >= 0 && IsWordAt(before);

    readonly ModelFormatException Exploded() => Exploded(_text.Length, _source);

    internal static ModelFormatException Exploded(int length, string source) => new(
        $"splitting a text of {length} characters with the tokenizer's pattern /{source}/: it needs more than {StepsFor(length)} steps, so it backtracks without end; a pattern with unambiguous alternatives is needed");
}
