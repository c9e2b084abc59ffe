using Juxta.Workbench.Hub;
using Juxta.Workbench.Runs;

namespace Juxta.Cli;

/// <summary>A model as evaluation commands name it: <c>DIR</c>, or <c>DIR:ADAPTER</c> with adapters that act together, each with an optional scale.</summary>
/// <param name="Folder">The base's.</param>
/// <param name="Adapters">The adapters' folders and scales.</param>
internal sealed record ModelSpec(string Folder, IReadOnlyList<(string Folder, float Scale)> Adapters)
{
    public const string Syntax = "DIR[:ADAPTER[=scale]…]";

    /// <summary>What the model is called among the runs.</summary>
    public string Name => RunRequest.NameOf(NameOf(Folder), Adapters.Select(adapter => (NameOf(adapter.Folder), adapter.Scale)));

    /// <summary>An adapter is a folder, or the name of one in the base's <c>adapters/</c>. A folder whose own name holds ':' wins when it exists.</summary>
    /// <exception cref="InputException">There is no such folder or adapter.</exception>
    public static ModelSpec Parse(string argument)
    {
        string[] parts = Directory.Exists(argument) ? [argument] : argument.Split(':');
        string folder = Path.GetFullPath(PulledModels.Locate(parts[0]));
        if (!Directory.Exists(folder)) throw new InputException($"--model {argument}: there is no folder {folder}; expected {Syntax}");
        return new ModelSpec(folder, [.. parts[1..].Select(part => Adapter(argument, folder, part))]);
    }

    public static string NameOf(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    static (string Folder, float Scale) Adapter(string argument, string model, string part)
    {
        string own = Path.Combine(model, "adapters");
        (string name, float scale) = ModelArguments.ParseAdapter(part);
        string inside = Path.Combine(own, name);
        if (name.Length > 0 && Directory.Exists(inside)) return (inside, scale);
        if (name.Length > 0 && Directory.Exists(name)) return (Path.GetFullPath(name), scale);
        string[] there = Directory.Exists(own) ? [.. Directory.GetDirectories(own).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)] : [];
        throw new InputException($"--model {argument}: '{name}' is neither a folder nor an adapter in {own} ({(there.Length == 0 ? "there is none" : string.Join(", ", there))})");
    }
}
