using Juxta.Engine.Weights;

namespace Juxta.Engine.Models;

/// <summary>How many channels of a head turn.</summary>
internal static class PartialRotary
{
    /// <summary>partial_rotary_factor · headDim, an even number of channels.</summary>
    /// <param name="fallback">The factor where the config has none.</param>
    public static int Dim(CheckpointConfig json, int headDim, double fallback)
    {
        double factor = json.DoubleOrNull("partial_rotary_factor") ?? json.RopeScaling?.DoubleOrNull("partial_rotary_factor") ?? fallback;
        int dim = (int)(headDim * factor);
        if (factor is not (> 0 and <= 1) || dim % 2 != 0)
            throw json.Error("partial_rotary_factor", $"is {factor}, which does not give an even number of a head's {headDim} channels");
        return dim;
    }
}
