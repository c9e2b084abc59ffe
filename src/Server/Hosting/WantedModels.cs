using Juxta.Workbench.Hub;

namespace Juxta.Server.Hosting;

/// <summary>Models of the Hub that were named at start and are not on disk: their download begins with the server, and goes on beside it.</summary>
internal static class WantedModels
{
    /// <summary>Tells the size of each and begins.</summary>
    /// <exception cref="HubException">One cannot be downloaded: the server should not go on without it.</exception>
    public static async Task BeginAsync(HubDownloads downloads, ServerOptions options, CancellationToken cancel)
    {
        IReadOnlyList<HubId> wanted = downloads.Wanted;
        if (wanted.Count > 0 && downloads.Offline)
            throw new HubException($"{string.Join(", ", wanted)} {(wanted.Count == 1 ? "is" : "are")} in no folder of models, and offline (--offline or HF_HUB_OFFLINE=1) nothing is downloaded; bring it with 'juxta pull {wanted[0]}' first");
        foreach (HubId id in wanted)
        {
            HubOffer offer = await downloads.FindAsync(id.ToString(), cancel);
            await options.Output.WriteLineAsync($"Downloading {id}: {offer.Model.Files.Count} files, {ByteSize.Format(offer.Model.TotalBytes)} to {offer.Folder}; the Models page shows how far it is");
            downloads.Changed += Tell;
            downloads.Start(offer.Model);

            void Tell()
            {
                if (downloads.All.FirstOrDefault(entry => entry.Id == id) is not { Status: not DownloadStatus.Running } ended) return;
                downloads.Changed -= Tell;
                if (ended.Status is DownloadStatus.Complete) options.Output.WriteLine($"{id} is complete and offered");
                else if (ended.Error is { } error) options.Error.WriteLine($"juxta serve: {error}");
            }
        }
    }
}
