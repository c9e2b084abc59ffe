using Juxta.Workbench.Hub;

namespace Juxta.Web.Models;

/// <summary>How far a download is, in words.</summary>
internal static class DownloadText
{
    /// <summary>"312.4 MB of 988.1 MB · 12.3 MB/s · 0:00:55 left · file 3 of 7, model.safetensors"; what is not known is left out.</summary>
    public static string Describe(DownloadEntry entry)
    {
        string size = entry.TotalBytes is long total ? $"{ByteSize.Format(entry.Bytes)} of {ByteSize.Format(total)}" : $"{ByteSize.Format(entry.Bytes)} are here";
        return entry switch
        {
            { Status: DownloadStatus.Complete } => $"{ByteSize.Format(entry.Bytes)}, every file checked",
            { Status: DownloadStatus.Running, Progress: { } progress } => string.Join(" · ", new[]
            {
                size,
                progress.BytesPerSecond > 0 ? $"{ByteSize.Format(progress.BytesPerSecond)}/s" : "",
                progress.Left is { } left && entry.Bytes < entry.TotalBytes ? $"{(int)left.TotalHours}:{left:mm\\:ss} left" : "",
                $"file {progress.Number} of {progress.Count}, {progress.File}",
            }.Where(part => part.Length > 0)),
            { Status: DownloadStatus.Running } => "checking what is here",
            _ => size,
        };
    }

    public static string Status(DownloadStatus status) => status switch
    {
        DownloadStatus.Running => "being downloaded",
        DownloadStatus.Complete => "complete",
        DownloadStatus.Failed => "failed",
        _ => "stopped",
    };

    /// <summary>0 … 1; null while the size is unknown.</summary>
    public static double? Share(DownloadEntry entry) => entry.TotalBytes is > 0 and long total ? Math.Min(1, (double)entry.Bytes / total) : null;
}
