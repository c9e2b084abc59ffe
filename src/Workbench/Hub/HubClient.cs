namespace Juxta.Workbench.Hub;

/// <summary>
/// A client of the Hugging Face Hub that finds models and downloads them, and nothing more. The Hub's own clients document its addresses
/// (<c>huggingface_hub</c>: <c>HfApi.model_info</c>, <c>hf_hub_url</c>).
/// </summary>
public sealed class HubClient(HubOptions options) : IDisposable
{
    const int MostListingBytes = 64 << 20;

    readonly HubConnection _connection = new(options);

    public void Dispose() => _connection.Dispose();

    /// <summary>Asks what a model consists of. Nothing is written.</summary>
    /// <exception cref="HubException">There is no such model, one may not read it, it is no checkpoint, or the Hub cannot be reached.</exception>
    public async Task<HubModel> FindAsync(HubId id, CancellationToken cancel = default)
    {
        byte[] json = await _connection.ReadAllAsync(id, $"api/models/{id.Owner}/{id.Name}/revision/{Uri.EscapeDataString(id.Revision)}?blobs=true", MostListingBytes, cancel);
        HubListing listing = HubListing.Parse(id, json);
        IReadOnlyList<HubFile> files = await CheckpointFiles.ChooseAsync(
            listing, id, (file, most) => _connection.ReadAllAsync(id, Address(id, listing.Commit, file), most, cancel));
        return new HubModel(id, listing.Commit, files, listing.Files.Count - files.Count);
    }

    /// <summary>A download of a model into its own folder of a models folder: begins, or goes on with what an earlier one left.</summary>
    /// <param name="model">What <see cref="FindAsync"/> found.</param>
    /// <param name="modelsFolder">A folder as <c>juxta serve --models</c> takes it; made when absent.</param>
    public HubDownload Download(HubModel model, string modelsFolder) =>
        new(_connection, options, model, Path.Combine(Path.GetFullPath(modelsFolder), model.Id.FolderName));

    /// <summary>A file's address. It names the commit, so that all files are of one.</summary>
    internal static string Address(HubId id, string commit, HubFile file) =>
        $"{id.Owner}/{id.Name}/resolve/{commit}/{string.Join('/', file.Name.Split('/').Select(Uri.EscapeDataString))}";
}
