using Juxta.Engine.Weights;

namespace Juxta.Engine.Models;

/// <summary>Qwen's sliding windows per layer.</summary>
internal static class LayerWindows
{
    /// <summary>Each layer's window, or 0. Older configs count the layers that have none, newer ones name each layer's kind.</summary>
    public static int[] Read(CheckpointConfig json)
    {
        int window = json.BoolOr("use_sliding_window", false) ? json.IntOr("sliding_window", 4096) : 0;
        int first = json.IntOr("max_window_layers", 28, min: 0);
        string[] kinds = [.. json.Strings("layer_types")];
        return [.. Enumerable.Range(0, json.Int("num_hidden_layers", max: 4096))
            .Select(i => (i < kinds.Length ? kinds[i] == "sliding_attention" : i >= first) ? window : 0)];
    }
}
