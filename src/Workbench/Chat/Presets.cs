using System.Text;
using System.Text.Json.Nodes;
using Juxta.Engine;
using Juxta.Training.Corpora;
using Juxta.Workbench.Chat.Formats;
using Juxta.Workbench.Storage;
using Microsoft.EntityFrameworkCore;

namespace Juxta.Workbench.Chat;

/// <summary>The presets of this instance. Every change is on disk when its method returns, and <see cref="Changed"/> tells all open pages.</summary>
public sealed class Presets
{
    internal const string GoodName = "a name of 1 to 100 characters";

    readonly Store _store;

    internal Presets(Store store) => _store = store;

    /// <summary>A preset was saved or deleted; read the list again. Raised on any thread.</summary>
    public event Action? Changed;

    /// <summary>All presets by name.</summary>
    public async Task<IReadOnlyList<Preset>> ListAsync(CancellationToken cancel = default)
    {
        List<PresetRow> rows = await _store.ReadAsync(db => db.Presets.ToListAsync(cancel), cancel);
        return [.. rows.Select(Read).OrderBy(preset => preset.Name, StringComparer.OrdinalIgnoreCase).ThenBy(preset => preset.Name, StringComparer.Ordinal)];
    }

    /// <summary>Keeps a preset; one of the same name (upper and lower case are two) is replaced.</summary>
    /// <exception cref="RequestException">The name is empty or longer than 100 characters.</exception>
    public async Task SaveAsync(Preset preset)
    {
        string name = Clean(preset.Name) ?? throw new RequestException($"a preset needs {GoodName}", "name");
        await SaveAsync([preset with { Name = name }]);
    }

    /// <summary>Gives a preset another name.</summary>
    /// <exception cref="NotFoundException">There is none of that name (any more).</exception>
    /// <exception cref="RequestException">The new name is empty, longer than 100 characters, or another preset's.</exception>
    public async Task RenameAsync(string name, string newName)
    {
        string clean = Clean(newName) ?? throw new RequestException($"a preset needs {GoodName}", "name");
        if (clean == name) return;
        await _store.WriteAsync(async db =>
        {
            PresetRow row = await db.Presets.FindAsync(name) ?? throw new NotFoundException($"there is no preset '{name}'");
            if (await db.Presets.FindAsync(clean) is not null) throw new RequestException($"there is a preset '{clean}' already; choose another name, or delete that one first", "name");
            db.Presets.Remove(row);
            db.Presets.Add(new PresetRow { Name = clean, Value = PresetJson.Write(Read(row) with { Name = clean }).ToJsonString(FormatJson.Compact) });
        });
        Changed?.Invoke();
    }

    /// <summary>False when there is none of that name.</summary>
    public async Task<bool> DeleteAsync(string name)
    {
        int deleted = 0;
        await _store.WriteAsync(async db => deleted = await db.Presets.Where(row => row.Name == name).ExecuteDeleteAsync());
        if (deleted > 0) Changed?.Invoke();
        return deleted > 0;
    }

    /// <summary>Presets as the text of a JSON array (docs/formats.md): those named, or all.</summary>
    /// <exception cref="NotFoundException">There is none of a name.</exception>
    public async Task<string> ExportAsync(params string[] names)
    {
        IReadOnlyList<Preset> all = await ListAsync();
        IEnumerable<Preset> wanted = names.Length == 0
            ? all
            : names.Select(name => all.FirstOrDefault(preset => preset.Name == name) ?? throw new NotFoundException($"there is no preset '{name}'"));
        return new JsonArray([.. wanted.Select(PresetJson.Write)]).ToJsonString(FormatJson.Indented) + "\n";
    }

    /// <summary>Saves the presets of a file, one object or an array of them: all or, when one is at fault, none. Presets of the same names are replaced.</summary>
    /// <param name="fileName">For errors.</param>
    /// <param name="json">What the file says.</param>
    /// <returns>Their names.</returns>
    /// <exception cref="RequestException">Names the file, the line and the field at fault.</exception>
    public async Task<IReadOnlyList<string>> ImportAsync(string fileName, string json)
    {
        Preset[] presets = [.. JsonRecords.Read(fileName, Encoding.UTF8.GetBytes(json)).Select(PresetJson.Read)];
        if (presets.Length == 0) throw new RequestException($"{fileName} has no preset in it", "file");
        await SaveAsync(presets);
        return [.. presets.Select(preset => preset.Name).Distinct()];
    }

    /// <summary>The name without blanks around it, or null when it is none.</summary>
    internal static string? Clean(string name) => name.Trim() is { Length: > 0 and <= 100 } clean ? clean : null;

    async Task SaveAsync(IReadOnlyList<Preset> presets)
    {
        await _store.WriteAsync(async db =>
        {
            foreach (Preset preset in presets)
            {
                string value = PresetJson.Write(preset).ToJsonString(FormatJson.Compact);
                if (await db.Presets.FindAsync(preset.Name) is { } row) row.Value = value;
                else db.Presets.Add(new PresetRow { Name = preset.Name, Value = value });
            }
        });
        Changed?.Invoke();
    }

    static Preset Read(PresetRow row) => PresetJson.Read(JsonRecords.Read($"the preset {row.Name}", Encoding.UTF8.GetBytes(row.Value)).Single());
}
