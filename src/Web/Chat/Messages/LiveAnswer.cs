using System.Text;
using Juxta.Engine.Generation;
using Juxta.Workbench.Generation;

namespace Juxta.Web.Chat.Messages;

/// <summary>An answer while it is written. Follows a generation of the server; leaving it does not end the generation.</summary>
public sealed class LiveAnswer(Guid generation, Guid message, int promptTokens, bool opensThought = false) : IDisposable
{
    /// <summary>Twenty pictures a second read as continuous.</summary>
    static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    readonly CancellationTokenSource _leave = new();
    readonly List<GenerationStep> _steps = [];
    GeneratedToken[] _tokens = new GeneratedToken[64];
    readonly StringBuilder _text = new();
    readonly Lock _lock = new();

    public Guid Generation { get; } = generation;

    /// <summary>The message it becomes.</summary>
    public Guid Message { get; } = message;

    /// <summary>The text begins in a thought that the chat template opened.</summary>
    public bool OpensThought { get; } = opensThought;

    /// <summary>There is more to show, or it has ended. Raised on any thread, at most twenty times a second.</summary>
    public event Action? Changed;

    public string Text
    {
        get
        {
            lock (_lock) return _text.ToString();
        }
    }

    /// <summary>Characters so far.</summary>
    public int Length
    {
        get
        {
            lock (_lock) return _text.Length;
        }
    }

    /// <summary>All tokens so far; the last has the outcome once it ended. A snapshot without a copy: what is in it never changes.</summary>
    public IReadOnlyList<GeneratedToken> Tokens
    {
        get
        {
            lock (_lock) return new ArraySegment<GeneratedToken>(_tokens, 0, _steps.Count);
        }
    }

    public GenerationUsage Usage
    {
        get
        {
            lock (_lock) return GenerationUsage.Of(promptTokens, _steps);
        }
    }

    public Outcome? Outcome { get; private set; }

    /// <summary>The text from an index on, so that who has the beginning need not copy it again.</summary>
    public string TextFrom(int start)
    {
        lock (_lock) return _text.ToString(start, _text.Length - start);
    }

    /// <summary>Reads to the answer's end or until disposed.</summary>
    public async Task FollowAsync(Generations generations, TimeProvider time)
    {
        try
        {
            await foreach (IReadOnlyList<GenerationStep> batch in generations.FollowAsync(Generation, 0, _leave.Token).InBatchesAsync(Pace, time, _leave.Token))
            {
                Append(batch);
                Changed?.Invoke();
            }
        }
        catch (OperationCanceledException) when (_leave.IsCancellationRequested)
        {
            // The page went elsewhere; the generation goes on.
        }
    }

    internal void Append(IReadOnlyList<GenerationStep> batch)
    {
        lock (_lock)
        {
            foreach (GenerationStep step in batch)
            {
                if (_steps.Count == _tokens.Length) Array.Resize(ref _tokens, 2 * _tokens.Length);
                _tokens[_steps.Count] = step.Token;
                _steps.Add(step);
                _text.Append(step.Token.Text);
                Outcome = step.Token.Outcome ?? Outcome;
            }
        }
    }

    public void Dispose()
    {
        _leave.Cancel();
        _leave.Dispose();
    }
}
