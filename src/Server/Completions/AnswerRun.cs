using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Juxta.Engine.Generation;
using Juxta.Workbench.Generation;

namespace Juxta.Server.Completions;

/// <summary>
/// The answers that one request asked for, all under way at once, their steps merged in order of arrival. They live as long as the request:
/// when its client goes away or one of them cannot start, all are cancelled and their places are free at the next step.
/// </summary>
internal sealed class AnswerRun : IDisposable
{
    readonly Generations _generations;
    readonly CancellationTokenSource _lifetime;
    Guid[] _ids = [];

    AnswerRun(Generations generations, CancellationToken aborted, CancellationToken stopping)
    {
        _generations = generations;
        _lifetime = CancellationTokenSource.CreateLinkedTokenSource(aborted, stopping);
    }

    /// <param name="generations">Where they are run and kept.</param>
    /// <param name="specs">What to generate.</param>
    /// <param name="aborted">The client has gone away.</param>
    /// <param name="stopping">The server has been told to stop.</param>
    /// <exception cref="Juxta.Engine.EngineBusyException">The queue does not take all of them; none runs.</exception>
    /// <exception cref="Juxta.Engine.RequestException">A parameter is out of range.</exception>
    public static async Task<AnswerRun> StartAsync(Generations generations, IEnumerable<GenerationSpec> specs, CancellationToken aborted, CancellationToken stopping)
    {
        var run = new AnswerRun(generations, aborted, stopping);
        try
        {
            // All at once: the engine shares its steps among them from the first on.
            run._ids = await Task.WhenAll([.. specs.Select(spec => generations.StartAsync(spec, run._lifetime.Token))]);
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>The steps of all answers; each answer's own are in order and end with its outcome.</summary>
    public async IAsyncEnumerable<(int Answer, GeneratedToken Step)> ReadAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var steps = Channel.CreateUnbounded<(int, GeneratedToken)>(new UnboundedChannelOptions { SingleReader = true });
        Task all = Task.WhenAll(_ids.Select((id, answer) => FollowAsync(id, answer, steps.Writer, cancel)));
        _ = all.ContinueWith(done => steps.Writer.Complete(done.Exception?.InnerException), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await foreach ((int, GeneratedToken) step in steps.Reader.ReadAllAsync(cancel)) yield return step;
    }

    /// <summary>Scores of an answer's prompt; there once its first step is.</summary>
    public async Task<IReadOnlyList<TokenScore>> PromptScoresAsync(int answer, CancellationToken cancel) =>
        (await _generations.GetAsync(_ids[answer], cancel)).PromptScores;

    public void Dispose()
    {
        // Ended answers take no notice.
        _lifetime.Cancel();
        _lifetime.Dispose();
    }

    async Task FollowAsync(Guid id, int answer, ChannelWriter<(int, GeneratedToken)> steps, CancellationToken cancel)
    {
        await foreach (GenerationStep step in _generations.FollowAsync(id, 0, cancel)) steps.TryWrite((answer, step.Token));
    }
}
