using Juxta.Engine.Tokenization;

namespace Juxta.Engine.Merging;

/// <summary>
/// What lies beside the weights and belongs to a checkpoint: generation_config.json, tokenizer, templates, licence, and the model's own code where the base
/// has it. Chosen by name, from the folder itself: a link is followed only inside the folder (or to the blobs of the Hub cache that the folder is part of).
/// An adapter that brings a whole tokenizer brought new tokens or a new end: then the tokenizer is the adapter's.
/// </summary>
internal sealed class CompanionFiles
{
    static readonly string[] Tokenizer =
    [
        .. TokenizerFile.Names, "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt", "vocab.txt",
        "chat_template.jinja", "chat_template.json",
    ];

    static readonly string[] Others = ["generation_config.json", "preprocessor_config.json", "LICENSE", "LICENSE.txt", "LICENSE.md", "MODEL_LICENSE", "NOTICE", "USE_POLICY.md"];

    const string MoreTemplates = "additional_chat_templates";

    readonly List<(string Path, string Name, string From)> _chosen = [];
    readonly List<string> _leftOut = [];

    public IReadOnlyList<CopiedFile> Copied => [.. _chosen.Select(file => new CopiedFile(file.Name, file.From))];

    /// <summary>Files that belonged to it and stay where they are, each with the reason.</summary>
    public IReadOnlyList<string> LeftOut => _leftOut;

    public static CompanionFiles Of(string model, string adapter)
    {
        var files = new CompanionFiles();
        bool fromAdapter = TokenizerFile.In(adapter) is not null;
        files.Choose(model, "model", Others);
        files.Choose(model, "model", Directory.EnumerateFiles(model, "*.py").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        files.Choose(fromAdapter ? adapter : model, fromAdapter ? "adapter" : "model", [.. Tokenizer, .. Templates(fromAdapter ? adapter : model)]);
        return files;
    }

    public void CopyTo(string folder)
    {
        foreach ((string path, string name, _) in _chosen)
        {
            string target = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using FileStream from = File.OpenRead(path), to = new(target, FileMode.CreateNew);
            from.CopyTo(to);
        }
    }

    static IEnumerable<string> Templates(string folder)
    {
        string more = Path.Combine(folder, MoreTemplates);
        return Directory.Exists(more) && new DirectoryInfo(more).LinkTarget is null
            ? Directory.EnumerateFiles(more, "*.jinja").Select(path => $"{MoreTemplates}/{Path.GetFileName(path)}").Order(StringComparer.Ordinal)
            : [];
    }

    void Choose(string folder, string from, IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            var file = new FileInfo(Path.Combine(folder, name));
            if (!file.Exists) continue;
            string path = file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.FullName;
            if (Roots(folder).Any(root => path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))) _chosen.Add((path, name, from));
            else _leftOut.Add($"{name} is a link out of the {from}'s folder, to {path}");
        }
    }

    /// <summary>The folder, and in the layout <c>snapshots/REVISION</c> of a Hub cache the blobs that it consists of.</summary>
    static IEnumerable<string> Roots(string folder)
    {
        yield return folder;
        if (new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true) is { } real) yield return real.FullName;
        if (Directory.GetParent(folder) is { Name: "snapshots", Parent: { } repository }) yield return Path.Combine(repository.FullName, "blobs");
    }
}
