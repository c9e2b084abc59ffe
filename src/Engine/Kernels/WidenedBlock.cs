using System.Runtime.CompilerServices;
using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Kernels.Lanes;
using Juxta.Engine.Kernels.Panels;

namespace Juxta.Engine.Kernels;

/// <summary>
/// A panel's numbers as f32: what the kernel's registers would hold, written once where many rows multiply it. Lines of (columns, 32), as <see cref="Float32Weights"/>
/// has them, so sums come out the same to the last bit.
/// </summary>
internal static unsafe class WidenedBlock
{
    /// <summary>
    /// Whether that is worth while: from so many rows on the kernel would widen each line several times, with 512 bits only beyond its largest tile. For bf16 it never
    /// is: a shift and a mask cost nothing beside the multiplications.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Pays<TLanes, TFormat>(int rows) where TFormat : struct, IWeightFormat<TFormat> =>
        typeof(TFormat) != typeof(Float32Weights) && typeof(TFormat) != typeof(BFloat16Weights) && rows > (typeof(TLanes) == typeof(Lanes512) ? Panel.MaxTile : 4);

    /// <summary>Writes them.</summary>
    /// <param name="panel">Lines of the format, and its scales before each block of columns.</param>
    /// <param name="columns">Lines.</param>
    /// <param name="widened">(columns, 32)</param>
    /// <returns>The same, as a panel.</returns>
    public static byte* Write<TLanes, TFormat>(byte* panel, int columns, float* widened) where TLanes : struct, ILanes<TLanes> where TFormat : struct, IWeightFormat<TFormat>
    {
        float* line = widened;
        TLanes lowScale = default, highScale = default;
        for (int k = 0; k < columns; k++, panel += TFormat.LineBytes, line += Panel.Rows)
        {
            if (ScaleLine.Precedes<TFormat>(k))
            {
                lowScale = ScaleLine.Low<TLanes, TFormat>(panel);
                highScale = ScaleLine.High<TLanes, TFormat>(panel);
                panel += TFormat.ScaleBytes;
            }
            TLanes low = TLanes.Low<TFormat>(panel), high = TLanes.High<TFormat>(panel);
            if (TFormat.ScaleBytes > 0)
            {
                low *= lowScale;
                high *= highScale;
            }
            low.Store(line);
            high.Store(line + 16);
        }
        return (byte*)widened;
    }
}
