using Juxta.Engine;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Hub;

namespace Juxta.Web.Chat.Settings;

/// <summary>The presets beside the settings of a page: which one is chosen, whether the settings still are as it says, and what went wrong.</summary>
public sealed class PresetPanel(Presets presets, IAnswerSettings session)
{
    const long MostBytes = 1 << 20;

    int _reads;
    string? _picked;

    public IReadOnlyList<Preset> List { get; private set; } = [];

    /// <summary>The one that was picked last, else one that says what the settings are; null = none.</summary>
    public Preset? Chosen => List.FirstOrDefault(preset => preset.Name == _picked) ?? List.FirstOrDefault(preset => preset.Matches(session.Settings));

    /// <summary>The settings are no longer as the chosen one says.</summary>
    public bool Departed => Chosen is { } chosen && !chosen.Matches(session.Settings);

    public Notice? Failure { get; private set; }

    /// <summary>What was done, in words, until the next thing.</summary>
    public string? Done { get; private set; }

    /// <summary>Reads the list. What was asked for last stays.</summary>
    public async Task ReadAsync()
    {
        int read = Interlocked.Increment(ref _reads);
        IReadOnlyList<Preset> list = await presets.ListAsync();
        if (read == Volatile.Read(ref _reads)) List = list;
    }

    /// <summary>Samples as a preset says; null leaves the settings as they are.</summary>
    public Task ChooseAsync(string? name) => TryAsync(async () =>
    {
        _picked = name;
        if (List.FirstOrDefault(preset => preset.Name == name) is { } chosen) await session.ChangeSettingsAsync(chosen.ApplyTo);
    });

    /// <summary>Keeps the settings under a name that is free. False when it cannot be.</summary>
    public Task<bool> SaveAsAsync(string name) => TryAsync(async () =>
    {
        string clean = name.Trim();
        if (List.Any(preset => preset.Name == clean)) throw new RequestException($"there is a preset '{clean}' already: choose it and save the change, or take another name", "the name");
        await presets.SaveAsync(Preset.Of(clean, session.Settings));
        (_picked, Done) = (clean, $"Saved as {clean}.");
    });

    /// <summary>Makes the chosen one say what the settings are.</summary>
    public Task<bool> SaveAsync() => TryAsync(async () =>
    {
        if (Chosen is not { } chosen) return;
        await presets.SaveAsync(Preset.Of(chosen.Name, session.Settings));
        (_picked, Done) = (chosen.Name, "Saved.");
    });

    public Task<bool> RenameAsync(string newName) => TryAsync(async () =>
    {
        if (Chosen is not { } chosen) return;
        await presets.RenameAsync(chosen.Name, newName);
        (_picked, Done) = (newName.Trim(), "Renamed.");
    });

    /// <summary>Deletes the chosen one; the settings stay.</summary>
    public Task<bool> DeleteAsync() => TryAsync(async () =>
    {
        if (Chosen is not { } chosen) return;
        await presets.DeleteAsync(chosen.Name);
        (_picked, Done) = (null, $"{chosen.Name} is deleted; the settings stay as they are.");
    });

    /// <summary>Takes presets from JSON that somebody shares. False when something is wrong with it.</summary>
    public Task<bool> ImportAsync(string fileName, string json) => TryAsync(async () =>
    {
        IReadOnlyList<string> names = await presets.ImportAsync(fileName, json);
        Done = $"Taken over: {string.Join(", ", names)}.";
    });

    /// <summary>Takes presets from a file that somebody shares.</summary>
    public async Task<bool> ImportAsync(string fileName, long bytes, Func<Stream> open)
    {
        string json = "";
        bool read = await TryAsync(async () =>
        {
            if (bytes > MostBytes) throw new RequestException($"{fileName} has {ByteSize.Format(bytes)}: presets are small files of JSON", "the file");
            using var text = new StreamReader(open());
            json = await text.ReadToEndAsync();
        });
        return read && await ImportAsync(fileName, json);
    }

    async Task<bool> TryAsync(Func<Task> work)
    {
        (Failure, Done) = (null, null);
        try
        {
            await work();
            await ReadAsync();
            return true;
        }
        catch (Exception e)
        {
            Failure = Notices.Of(e) ?? Failure;
            return false;
        }
    }
}
