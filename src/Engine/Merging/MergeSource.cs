using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Merging;

/// <summary>A base left in its files and an adapter bound to it.</summary>
internal sealed class MergeSource : IDisposable
{
    MergeSource(CheckpointConfig config, ModelFamily family, Checkpoint checkpoint, ModelSurvey survey, LoraAdapter adapter) =>
        (Config, Family, Checkpoint, Survey, Adapter) = (config, family, checkpoint, survey, adapter);

    public CheckpointConfig Config { get; }

    public ModelFamily Family { get; }

    public Checkpoint Checkpoint { get; }

    public ModelSurvey Survey { get; }

    public LoraAdapter Adapter { get; }

    /// <exception cref="ModelFormatException">One of them cannot be used, or is of a kind that cannot be merged.</exception>
    public static MergeSource Open(string model, string adapter)
    {
        model = Path.TrimEndingDirectorySeparator(Path.GetFullPath(model));
        if (!Directory.Exists(model)) throw new ModelFormatException($"merging into {model}: no such folder", model);
        CheckpointConfig config = CheckpointConfig.Read(Path.Combine(model, "config.json"));
        RefuseQuantised(config);
        ModelFamily family = ModelFamilies.Find(config);
        Checkpoint? checkpoint = null;
        ModelSurvey? survey = null;
        try
        {
            checkpoint = Checkpoint.Open(model);
            survey = new ModelSurvey(family, config, checkpoint);
            checkpoint.ThrowIfIncomplete();
            if (checkpoint.Tensors.FirstOrDefault(tensor => checkpoint.Contains(tensor.Name + "_scale")) is { Name: { } quantised })
                throw Quantised(config, $"{quantised} has scales beside it");
            using var pool = new WorkerPool(1);
            LoraAdapter bound = LoraAdapter.Load(adapter, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(adapter))), survey.Modules, pool);
            if (bound.Prefix is not null)
            {
                bound.Dispose();
                throw new ModelFormatException($"{adapter}: a P-Tuning v2 prefix is made of keys and values before the text and cannot be merged into weights; use it as an adapter", adapter);
            }
            return new MergeSource(config, family, checkpoint, survey, bound);
        }
        catch
        {
            survey?.Dispose();
            checkpoint?.Dispose();
            throw;
        }
    }

    static void RefuseQuantised(CheckpointConfig config)
    {
        string? how = config.IntOrNull("quantization_bit", min: 0) is > 0 and var bits ? $"quantization_bit {bits}"
            : config.Section("quantization_config") is { } section ? $"quantization_config {section.StringOr("quant_method", "")}".TrimEnd()
            : null;
        if (how is not null) throw Quantised(config, how);
    }

    static ModelFormatException Quantised(CheckpointConfig config, string how) =>
        new($"{config.File}: the base is quantised ({how}); its weights have no room for an adapter's changes. Merge into the unquantised checkpoint", config.File);

    public void Dispose()
    {
        Adapter.Dispose();
        Survey.Dispose();
        Checkpoint.Dispose();
    }
}
