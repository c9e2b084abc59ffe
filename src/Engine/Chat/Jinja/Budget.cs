using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Juxta.Engine.Chat.Jinja;

/// <summary>What is left of a rendering's <see cref="ChatTemplateLimits"/>. Everything that loops or allocates asks here first.</summary>
internal sealed class Budget(ChatTemplateLimits limits, CancellationToken cancel)
{
    readonly long _started = Stopwatch.GetTimestamp();
    long _steps;
    long _allocated;
    int _calls;

    public ChatTemplateLimits Limits => limits;

    /// <summary>One unit of work. Looks at the clock and at the caller's cancellation every thousand units.</summary>
    public void Step()
    {
        if ((++_steps & 1023) == 0) CheckClock();
        if (_steps > limits.Steps) throw Exceeded("steps", limits.Steps);
    }

    /// <summary>The clock and the cancellation, for places whose single step may be long.</summary>
    public void CheckClock()
    {
        cancel.ThrowIfCancellationRequested();
        if (Stopwatch.GetElapsedTime(_started) > limits.Time)
            throw new JinjaError(ErrorKind.Limit, string.Create(CultureInfo.InvariantCulture, $"rendering took longer than {limits.Time.TotalSeconds:0.###} s"));
    }

    /// <summary>Room for a string of <paramref name="length"/> UTF-16 units, before it is made.</summary>
    public void AllocateString(long length)
    {
        CheckLength(length);
        Allocate(length);
    }

    /// <summary>Refuses a string that would be too long without charging for it.</summary>
    public void CheckLength(long length)
    {
        if (length > limits.StringLength) throw Exceeded("characters in one string", limits.StringLength);
    }

    /// <summary>Room for <paramref name="count"/> items of a list, tuple or dict.</summary>
    public void AllocateItems(long count) => Allocate(count > limits.Allocation ? count : count * 8);

    public void Allocate(long units)
    {
        _allocated += units;
        if (_allocated > limits.Allocation) throw Exceeded("characters allocated in all", limits.Allocation);
        if (units > 65536) CheckClock();
    }

    /// <summary>Refuses an integer of more than the allowed bits before it is computed.</summary>
    public void CheckInteger(double bits)
    {
        if (bits > limits.IntegerBits) throw Exceeded("bits in one integer", limits.IntegerBits);
    }

    public void EnterCall()
    {
        if (++_calls > limits.CallDepth) throw Exceeded("calls inside one another", limits.CallDepth);
        CheckStack();
    }

    public void LeaveCall() => _calls--;

    /// <summary>Turns what would be a stack overflow into an error; cheap enough for every recursive step.</summary>
    public static void CheckStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new JinjaError(ErrorKind.Limit, "the template or its data are nested too deeply for the stack");
    }

    static JinjaError Exceeded(string what, long limit) => new(ErrorKind.Limit, string.Create(CultureInfo.InvariantCulture, $"more than {limit} {what}"));
}
