using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Juxta.Engine.Weights;
using Juxta.Training.Models;
using Juxta.Training.Samples;

namespace Juxta.Training.Runs;

/// <summary>SHA-256 over all that decides a run: settings, samples, the weights of the model and of the adapter it begins from. Going on with anything else would be another run.</summary>
internal static class RunFingerprint
{
    public static string Of(string modelFolder, TrainingSettings settings, int steps, IReadOnlyList<TrainingItem> items)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // How often a run is saved and measured, and what it keeps in memory, changes nothing of what it learns.
        Append(JsonSerializer.Serialize(settings with { CheckpointEvery = 0, EvaluateEvery = 0, KeepActivations = false, Epochs = 0, Steps = steps }));
        if (settings.Lora?.Start is { } start) Append(StartAdapter.Hash(start));
        using (Checkpoint checkpoint = Checkpoint.Open(modelFolder)) Append(WeightsHash.OfFiles([Path.Combine(modelFolder, "config.json"), .. checkpoint.Files]));
        foreach (TrainingSample sample in items.SelectMany(item => item.Samples))
        {
            hash.AppendData(MemoryMarshal.AsBytes(sample.Ids.AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes(sample.Labels.AsSpan()));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text));
    }
}
