using Juxta.Engine.Kernels;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Lora;

/// <summary>
/// What a P-Tuning v2 run of ChatGLM writes into its <c>checkpoint-N</c> folders: the prefix encoder's weights beside the base's config.json with
/// <c>pre_seq_len</c>. It loads like any other adapter.
/// </summary>
internal static class PrefixCheckpoint
{
    /// <summary>Whether a folder holds a prefix and no PEFT adapter: told from the headers of its weight files.</summary>
    public static bool IsOne(string folder)
    {
        if (File.Exists(System.IO.Path.Combine(folder, "adapter_config.json")) || !Checkpoint.Exists(folder)) return false;
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        return checkpoint.Contains(PrefixEncoder.Table);
    }

    /// <exception cref="ModelFormatException">It is damaged, made for another base, or holds more than a prefix and the options do not allow that.</exception>
    public static LoraAdapter Load(string folder, string name, ModuleTable modules, WorkerPool pool, AdapterOptions options)
    {
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        if (modules.Prefix is not { } shape)
            throw new ModelFormatException($"{folder}: this is a P-Tuning v2 prefix, and only the ChatGLM families take one; the base is of another family", folder) { Fault = ModelFault.AnotherBase };
        CheckpointConfig? config = CheckpointConfig.ReadIfPresent(System.IO.Path.Combine(folder, "config.json"));
        KeyValuePrefix prefix = PrefixEncoder.Read(checkpoint, shape, config?.IntOrNull("pre_seq_len", min: 0) is > 0 and var tokens ? tokens : null, pool);
        string[] others = [.. checkpoint.Unused()];
        if (others.Length > 0 && !options.AllowUnused)
            throw new ModelFormatException($"{folder}: the adapter was not loaded: besides its prefix it holds tensors that would be ignored: {NameList.Join(others)}. If it is a whole model with a prefix, open it as a model", folder);
        bool projected = checkpoint.Contains(PrefixEncoder.Path + ".trans.0.weight");
        var receipt = new AdapterReceipt
        {
            Name = name,
            Folder = folder,
            Method = $"P-Tuning v2, {prefix.Tokens} virtual tokens" + (projected ? ", projected" : ""),
            TrainedOn = config?.StringOrNull("_name_or_path"),
            Modules = [new ModuleReceipt(PrefixEncoder.Path, "prefix", 0, 1, prefix.Norm, 0)],
            UnusedTensors = others,
            Parameters = checkpoint.Parameters(),
            Bytes = prefix.Bytes,
            Hash = WeightsHash.OfFiles([.. config is null ? [] : (string[])[config.File], .. checkpoint.Files]),
        };
        return new LoraAdapter(name, folder, new ModuleDelta?[modules.Count], vocabulary: null, receipt) { Prefix = prefix };
    }
}
