namespace Juxta.Engine.Weights;

/// <summary>ChatGLM's <c>quantization_bit</c>.</summary>
internal static class QuantisationBits
{
    /// <summary>8, 4 or 0 = none.</summary>
    /// <exception cref="ModelFormatException">Another number.</exception>
    public static int Read(CheckpointConfig json) => json.IntOr("quantization_bit", 0, min: 0) switch
    {
        0 => 0,
        4 => 4,
        8 => 8,
        var bits => throw json.Error("quantization_bit", $"is {bits}; ChatGLM's checkpoints have 8, 4 or 0 for none"),
    };
}
