using Juxta.Engine.Kernels;
using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Layers;
using Juxta.Engine.Memory;
using Juxta.Engine.Weights;
using Juxta.Engine.Weights.Packed;

namespace Juxta.Engine.Models;

/// <summary>
/// A model's packed weights between two openings: taken from the file that an earlier one kept, or kept for a later one. Which file is decided by the content of the
/// checkpoint's files, never by their names, so other weights cannot come out; and panels lie alike on every processor, so the same bits do.
/// </summary>
internal sealed class PackedWeights : IDisposable
{
    readonly PackedFolder _folder;
    readonly string? _storage;
    readonly FileIdentity[] _before;
    readonly PackedFile? _file;
    readonly List<PackedSource> _made = [];

    PackedWeights(PackedFolder folder, string? storage, FileIdentity[] before, PackedFile? file) => (_folder, _storage, _before, _file) = (folder, storage, before, file);

    /// <param name="files">All that decides the weights: config.json and the weight files.</param>
    /// <param name="storage">What they are rounded to; null = as stored.</param>
    /// <param name="threads">Threads that check a file.</param>
    public static PackedWeights Of(PackedFolder folder, IReadOnlyCollection<string> files, string? storage, int threads)
    {
        FileIdentity[] before = [.. files.Select(FileIdentity.Of)];
        PackedFile? file = folder.Hashes is { } hashes && before.Sum(identity => identity.Length) >= folder.SmallestBytes / 4 && WeightsHash.OfKnownFiles(files, hashes) is { } content
            ? folder.Find(PackedFolder.KeyOf(content, storage), threads) : null;
        return new PackedWeights(folder, storage, before, file);
    }

    /// <summary>Whether an earlier opening kept them.</summary>
    public bool Found => _file is not null;

    /// <summary>A kept matrix; null where none of that name and shape is.</summary>
    public PackedMatrix? Matrix(string path, int rows, int columns)
    {
        if (Section(path, rows, columns) is not { } section || Array.Find(WeightFormats.All, format => format.ToString() == section.Format) is not { } format) return null;
        long panels = ((long)rows + Kernels.Panels.Panel.Rows - 1) / Kernels.Panels.Panel.Rows;
        return section.Bytes == panels * format.PanelBytes(columns) ? PackedMatrix.Of(rows, columns, format, Lying(section)) : null;
    }

    /// <summary>A kept table of a tensor's rows; null where none of that name, type and shape is.</summary>
    public RowTable? Table(string path, TensorView tensor) =>
        Section(path, tensor.Rows, tensor.Columns) is { } section && section.Format == tensor.Type.ToString() && section.Bytes == tensor.Bytes ? new RowTable(tensor, Lying(section)) : null;

    /// <summary>Notes a matrix that was packed now.</summary>
    public unsafe void Add(string path, PackedMatrix matrix) => _made.Add(new PackedSource(path, matrix.Format.ToString()!, matrix.Rows, matrix.Columns, (nint)matrix.Panels, matrix.Bytes));

    /// <summary>Notes a table that was copied now.</summary>
    public void Add(string path, TensorView tensor, RowTable table) => _made.Add(new PackedSource(path, tensor.Type.ToString(), tensor.Rows, tensor.Columns, table.Data, table.Bytes));

    /// <summary>Keeps what was packed, behind the caller's back, once the checkpoint's hash is known. The decoder must live until the task ends.</summary>
    /// <param name="model">The checkpoint's folder, for people.</param>
    /// <param name="warning">Why it cannot be kept; null where it can, or need not.</param>
    public Task KeepAsync(string model, Task<string> content, out string? warning)
    {
        warning = null;
        long bytes = _made.Sum(source => source.Bytes);
        if (_file is not null || _folder.Path is null || bytes < _folder.SmallestBytes || bytes > _folder.LimitBytes || !Array.TrueForAll(_before, file => file.Settled(_folder.Settling))) return Task.CompletedTask;
        try
        {
            PackedWriter writer = _folder.Begin(model, _made);
            return Task.Run(async () =>
            {
                using (writer)
                {
                    string key = PackedFolder.KeyOf(await content, _storage);
                    if (!_folder.Has(key) && Array.TrueForAll(_before, file => FileIdentity.Of(file.Path) == file)) _folder.Commit(writer, key);
                }
            });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            warning = $"packed weights are not kept for the next opening in {_folder.Path}: {error.Message}; name another folder in {PackedFolder.Variable}, or 'off'";
            return Task.CompletedTask;
        }
    }

    public void Dispose() => _file?.Dispose();

    PackedSection? Section(string path, int rows, int columns) => _file?.Find(path) is { } section && section.Rows == rows && section.Columns == columns ? section : null;

    unsafe AlignedBuffer Lying(PackedSection section) => AlignedBuffer.Over(_file!.DataOf(section), section.Bytes);
}
