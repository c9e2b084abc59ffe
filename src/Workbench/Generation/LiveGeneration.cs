using System.Runtime.CompilerServices;
using Juxta.Engine.Generation;

namespace Juxta.Workbench.Generation;

/// <summary>
/// A generation that is running, or that ended and is not all on disk yet. Its steps only grow: readers take what is there and wait for more;
/// the writer notes how many are saved.
/// </summary>
internal sealed class LiveGeneration(Guid id, GenerationValue value, DateTimeOffset created, TimeProvider time, TokenStream tokens)
{
    readonly long _started = time.GetTimestamp();
    readonly Lock _gate = new();
    readonly List<GenerationStep> _steps = [];
    TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Guid Id => id;

    /// <summary>Steps that are on disk. The writer's alone.</summary>
    public int Saved { get; set; }

    /// <summary>Steps so far.</summary>
    public int Count
    {
        get { lock (_gate) return _steps.Count; }
    }

    public bool Ended
    {
        get { lock (_gate) return _steps.Count > 0 && _steps[^1].Token.Outcome is not null; }
    }

    public void Cancel() => tokens.Cancel();

    /// <summary>Reads the engine's tokens to the end; whatever happens, the last step has an outcome.</summary>
    /// <param name="grown">Called after each step.</param>
    public async Task PumpAsync(Action grown)
    {
        try
        {
            await foreach (MadeStep step in tokens.Steps)
            {
                Append(step.Token, step.At, step.Remote);
                grown();
                if (step.Token.Outcome is not null) return;
            }
            Append(new GeneratedToken { Outcome = Outcome.Error("the engine ended the answer without saying why") }, time.GetElapsedTime(_started));
        }
        catch (Exception e)
        {
            Append(new GeneratedToken { Outcome = e is OperationCanceledException ? Outcome.Cancelled : Outcome.Error(e.Message) }, time.GetElapsedTime(_started));
        }
        grown();
    }

    /// <summary>The steps from one on, as far as there are any.</summary>
    public IReadOnlyList<GenerationStep> StepsFrom(int start)
    {
        lock (_gate) return start >= _steps.Count ? [] : _steps.GetRange(start, _steps.Count - start);
    }

    /// <summary>The steps from one on, to the one with the outcome.</summary>
    public async IAsyncEnumerable<GenerationStep> FollowAsync(int from, [EnumeratorCancellation] CancellationToken cancel)
    {
        int next = from;
        while (true)
        {
            Task grown;
            lock (_gate) grown = _grown.Task;
            foreach (GenerationStep step in StepsFrom(next))
            {
                yield return step;
                next = step.Index + 1;
                if (step.Token.Outcome is not null) yield break;
            }
            if (Ended && next >= Count) yield break;
            await grown.WaitAsync(cancel);
        }
    }

    public GenerationRecord Record(string? storeError) => new()
    {
        Id = id,
        Value = value,
        Created = created,
        Steps = StepsFrom(0),
        PromptScores = tokens.PromptScores(),
        StoreError = storeError,
    };

    void Append(GeneratedToken token, TimeSpan at, RemoteStep? remote = null)
    {
        TaskCompletionSource grown;
        lock (_gate)
        {
            _steps.Add(new GenerationStep(_steps.Count, token, at) { Remote = remote });
            grown = _grown;
            _grown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        grown.SetResult();
    }
}

/// <summary>What a generation needs of whoever answers.</summary>
/// <param name="Steps">Read once.</param>
/// <param name="Cancel">Ends it at the next step.</param>
/// <param name="PromptScores">Complete before the first token.</param>
internal sealed record TokenStream(IAsyncEnumerable<MadeStep> Steps, Action Cancel, Func<IReadOnlyList<TokenScore>> PromptScores)
{
    public static TokenStream Of(RunningGeneration running) => new(StepsOf(running, default), running.Cancel, () => running.PromptScores);

    static async IAsyncEnumerable<MadeStep> StepsOf(RunningGeneration running, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach ((GeneratedToken token, TimeSpan at) in running.ReadTimedAsync(cancel)) yield return new MadeStep(token, at);
    }
}

/// <summary>A step of an answer and when it was made.</summary>
/// <param name="At">Time since the answer was asked for.</param>
internal readonly record struct MadeStep(GeneratedToken Token, TimeSpan At)
{
    public RemoteStep? Remote { get; init; }
}
