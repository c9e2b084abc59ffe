using Juxta.Workbench.Models;

namespace Juxta.Workbench.Generation;

/// <summary>
/// All generations of this instance. A generation belongs to the server: it runs to its end although nobody reads it, and any number of
/// readers follow it from any step, while it runs and afterwards. Its value and its steps are kept on disk (design D4, D5).
/// </summary>
public sealed class Generations
{
    /// <summary>A generation began, ended or could not be saved. Raised on any thread.</summary>
    public event Action<Guid>? Changed;

    internal void Announce(Guid id) => Changed?.Invoke(id);

    /// <summary>Why the store does not take new steps at present; null when it does. Nothing is lost while the process lives: it goes on trying.</summary>
    public string? StoreError => throw new NotImplementedException();

    /// <summary>Starts a generation; its value is on disk when this returns.</summary>
    /// <param name="spec">What to generate. The model must be open (<see cref="ModelShelf.OpenAsync(string, CancellationToken)"/>).</param>
    /// <param name="lifetime">
    /// For API clients: cancelling it cancels the generation, which frees its place within one step. The default never does: a person's answer
    /// goes on when the tab is gone.
    /// </param>
    /// <exception cref="Juxta.Engine.EngineBusyException">The queue is full.</exception>
    /// <exception cref="Juxta.Engine.RequestException">A parameter is out of range, or the prompt is longer than the context.</exception>
    public Task<Guid> StartAsync(GenerationSpec spec, CancellationToken lifetime = default) => throw new NotImplementedException();

    /// <summary>The steps from <paramref name="fromStep"/> on: those that are there at once, the others as they come, the last with the outcome.</summary>
    /// <param name="cancel">Stops following, not the generation.</param>
    /// <exception cref="NotFoundException">There is no such generation.</exception>
    public IAsyncEnumerable<GenerationStep> FollowAsync(Guid id, int fromStep = 0, CancellationToken cancel = default) => throw new NotImplementedException();

    /// <summary>The generation as it is now.</summary>
    /// <exception cref="NotFoundException">There is no such generation.</exception>
    public Task<GenerationRecord> GetAsync(Guid id, CancellationToken cancel = default) => throw new NotImplementedException();

    /// <summary>Ends a running generation with the outcome <c>cancelled</c>. False when it does not run (any more).</summary>
    public bool Cancel(Guid id) => throw new NotImplementedException();

    /// <summary>Runs the stored value again, beside the stored answer, and compares the ids.</summary>
    /// <exception cref="NotFoundException">There is no such generation, or its model is not on the shelf.</exception>
    public Task<ReplayResult> ReplayAsync(Guid id, CancellationToken cancel = default) => throw new NotImplementedException();
}
