namespace Juxta.Workbench.Hub;

/// <summary>A file of a model on the Hub.</summary>
/// <param name="Name">Its path in the repository.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Hash"><c>sha256:</c> or <c>git-sha1:</c> and hexadecimal digits.</param>
public sealed record HubFile(string Name, long Bytes, string Hash);

/// <summary>A model of the Hub at one commit, and which of its files a checkpoint needs.</summary>
/// <param name="Id">The name as asked for.</param>
/// <param name="Commit">What the revision stood for when asked; all files are of this commit.</param>
/// <param name="Files">The files to download, in this order.</param>
/// <param name="OtherFiles">How many further files the repository has.</param>
public sealed record HubModel(HubId Id, string Commit, IReadOnlyList<HubFile> Files, int OtherFiles)
{
    public long TotalBytes => Files.Sum(file => file.Bytes);
}

/// <summary>How far a download is.</summary>
/// <param name="File">The file being worked on.</param>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Count">Files in all.</param>
/// <param name="Bytes">Bytes of all files that are there.</param>
/// <param name="TotalBytes">Bytes of all files.</param>
/// <param name="BytesPerSecond">Over the last seconds.</param>
/// <param name="Left">Time left at that speed; null while unknown.</param>
public readonly record struct HubProgress(string File, int Number, int Count, long Bytes, long TotalBytes, double BytesPerSecond, TimeSpan? Left);

/// <summary>Where a model that a download brought comes from.</summary>
/// <param name="Model"><c>owner/name</c>.</param>
/// <param name="Revision">As it was asked for.</param>
/// <param name="Commit">What the revision stood for.</param>
public sealed record HubOrigin(string Model, string Revision, string Commit);
