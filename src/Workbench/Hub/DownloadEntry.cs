namespace Juxta.Workbench.Hub;

/// <summary>Where a download stands.</summary>
public enum DownloadStatus
{
    Running,

    /// <summary>Everything is there and offered.</summary>
    Complete,

    /// <summary>Stopped, here or with an earlier process; what has arrived is kept.</summary>
    Interrupted,

    /// <summary>Ended with an error; what has arrived and is right is kept.</summary>
    Failed,
}

/// <summary>What a model of the Hub would bring: known before a byte of it is written.</summary>
/// <param name="Model">Its files with their sizes.</param>
/// <param name="Folder">Where it would lie.</param>
/// <param name="BytesHere">Bytes that lie there already.</param>
public sealed record HubOffer(HubModel Model, string Folder, long BytesHere);

/// <summary>A download as it is now: a snapshot.</summary>
/// <param name="Id">What is downloaded.</param>
/// <param name="Folder">Where to.</param>
/// <param name="Bytes">Bytes that are there.</param>
/// <param name="TotalBytes">Bytes of all files; null for a download of an earlier process, before it goes on.</param>
/// <param name="Progress">The file, the speed and the time left, while it runs.</param>
/// <param name="Error">Why it failed.</param>
public sealed record DownloadEntry(HubId Id, string Folder, DownloadStatus Status, long Bytes, long? TotalBytes, HubProgress? Progress, string? Error);
