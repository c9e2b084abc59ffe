using Juxta.Web.Chat;
using Juxta.Workbench.Hub;

namespace Juxta.Web.Models;

/// <summary>What one open page shows of the Hub: the model that was looked up, and the server's downloads.</summary>
public sealed class HubPanel(HubDownloads downloads)
{
    int _requests;

    /// <summary>Something here changed; that of the downloads has its own event.</summary>
    public event Action? Changed;

    public HubDownloads Downloads => downloads;

    /// <summary>As a person types it: <c>owner/name</c>, <c>owner/name@revision</c>, or the address of the model's page on the Hub.</summary>
    public string Asked { get; set; } = "";

    /// <summary>The Hub is being asked.</summary>
    public bool Looking { get; private set; }

    /// <summary>What was looked up last; null before and after a failure.</summary>
    public HubOffer? Offer { get; private set; }

    /// <summary>Why it could not be looked up, started or resumed.</summary>
    public Notice? Failure { get; private set; }

    /// <summary>Asks what the model consists of. What was asked for last is what stays.</summary>
    public async Task FindAsync()
    {
        if (string.IsNullOrWhiteSpace(Asked)) return;
        int request = Interlocked.Increment(ref _requests);
        (Looking, Offer, Failure) = (true, null, null);
        Changed?.Invoke();
        HubOffer? offer = null;
        Notice? failure = null;
        try
        {
            offer = await downloads.FindAsync(Name(Asked));
        }
        catch (Exception e)
        {
            failure = Notices.Of(e);
        }
        if (request != Volatile.Read(ref _requests)) return;
        (Looking, Offer, Failure) = (false, offer, failure);
        Changed?.Invoke();
    }

    /// <summary>Downloads what was looked up.</summary>
    public void Start()
    {
        if (Offer is not { } offer) return;
        (Offer, Asked) = (null, "");
        _ = TryAsync(() =>
        {
            downloads.Start(offer.Model);
            return Task.CompletedTask;
        });
    }

    public Task ResumeAsync(DownloadEntry entry) => TryAsync(() => downloads.ResumeAsync(entry));

    /// <summary>Leaves what was looked up.</summary>
    public void Leave()
    {
        Interlocked.Increment(ref _requests);
        (Looking, Offer, Failure) = (false, null, null);
        Changed?.Invoke();
    }

    async Task TryAsync(Func<Task> work)
    {
        Failure = null;
        try
        {
            await work();
        }
        catch (Exception e)
        {
            Failure = Notices.Of(e);
        }
        Changed?.Invoke();
    }

    /// <summary>Out of the address of a model's page: people paste it.</summary>
    static string Name(string asked)
    {
        string text = asked.Trim();
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? address) || address.Scheme is not ("https" or "http")) return text;
        string[] parts = address.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            [var owner, var name] => $"{owner}/{name}",
            [var owner, var name, "tree", .. var revision] => $"{owner}/{name}@{string.Join('/', revision)}",
            _ => text,
        };
    }
}
