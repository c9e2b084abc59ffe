using Juxta.Engine.Generation;
using Juxta.Engine.Models;

namespace Juxta.Engine.Scheduling;

/// <summary>A sequence that keeps the logits of every position.</summary>
internal sealed class LogitsSequence : Sequence
{
    readonly TaskCompletionSource<LogitsResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly CancellationToken _cancel;
    readonly float[] _values;
    readonly int _vocabulary;
    int _taken;

    public LogitsSequence(IReadOnlyList<int> ids, AdapterLease adapters, TextContext context, int vocabulary, CancellationToken cancel) : base(ids, adapters, context)
    {
        _vocabulary = vocabulary;
        _cancel = cancel;
        _values = new float[checked(ids.Count * vocabulary)];
    }

    public Task<LogitsResult> Result => _result.Task;

    public override int WantedFrom => _taken;

    public override bool IsCancelled => _cancel.IsCancellationRequested;

    public override bool Ended => _result.Task.IsCompleted;

    public override void TakeLogits(int position, Span<float> row)
    {
        if (position != _taken) return;
        row.CopyTo(_values.AsSpan(position * _vocabulary, _vocabulary));
        if (++_taken == Length) _result.TrySetResult(new LogitsResult(_values, Length, _vocabulary));
    }

    public override void End(Outcome outcome)
    {
        if (outcome.Kind == OutcomeKind.Cancelled) _result.TrySetCanceled(_cancel.IsCancellationRequested ? _cancel : default);
        else _result.TrySetException(new InvalidOperationException(outcome.Detail));
    }
}
