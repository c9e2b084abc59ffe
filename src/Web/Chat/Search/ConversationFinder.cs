using Juxta.Workbench.Chat;

namespace Juxta.Web.Chat.Search;

/// <summary>What a page's search field has found. What was asked for last is what stays; what was asked before it is given up.</summary>
public sealed class ConversationFinder(Conversations conversations) : IDisposable
{
    /// <summary>Hits to show; who gets that many is told to say more.</summary>
    public const int MostHits = 100;

    CancellationTokenSource _asking = new();

    /// <summary>What is looked for; empty = nothing.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Null while nothing is looked for, or nothing is found yet.</summary>
    public IReadOnlyList<SearchHit>? Hits { get; private set; }

    /// <summary>Why it could not be searched.</summary>
    public Notice? Failure { get; private set; }

    /// <summary>Looks for a text. The hits of the text before stay on show until there are new ones.</summary>
    public async Task FindAsync(string text)
    {
        var asking = new CancellationTokenSource();
        await Interlocked.Exchange(ref _asking, asking).CancelAsync();
        Text = text;
        IReadOnlyList<SearchHit>? hits = null;
        Notice? failure = null;
        try
        {
            if (!string.IsNullOrWhiteSpace(text)) hits = await Task.Run(() => conversations.SearchAsync(text, MostHits, asking.Token), asking.Token);
        }
        catch (Exception e)
        {
            failure = Notices.Of(e);
        }
        if (!asking.IsCancellationRequested && ReferenceEquals(Volatile.Read(ref _asking), asking)) (Hits, Failure) = (hits, failure);
    }

    public void Dispose() => _asking.Cancel();
}
