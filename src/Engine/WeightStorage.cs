using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Weights;

namespace Juxta.Engine;

/// <summary>How a model's weights are kept in memory, chosen when it is opened. What the files hold is rounded once, there; norms and biases stay as they are.</summary>
public sealed class WeightStorage
{
    WeightStorage(string name, double bits, string what, WeightFormat format, WeightFormat head) =>
        (Name, Bits, What, Format, Head) = (name, bits, what, format, head);

    /// <summary>All there are, widest first.</summary>
    public static IReadOnlyList<WeightStorage> All { get; } =
    [
        new("f32", 32, "4 bytes a weight", WeightFormats.Float32, WeightFormats.Float32),
        new("f16", 16, "2 bytes", WeightFormats.Float16, WeightFormats.Float16),
        new("bf16", 16, "2 bytes", WeightFormats.BFloat16, WeightFormats.BFloat16),
        new("q8_0", 8.5, "8.5 bits, products of 8-bit integers", WeightFormats.Q8, WeightFormats.Q8),
        new("q4_0", 4.5, "4.5 bits, products of 8-bit integers, head 8.5 bits", WeightFormats.Q4, WeightFormats.Q8),
    ];

    public string Name { get; }

    /// <summary>Of a weight.</summary>
    public double Bits { get; }

    /// <summary>What it costs and does, in a few words.</summary>
    public string What { get; }

    /// <summary>Of linear weights.</summary>
    internal WeightFormat Format { get; }

    /// <summary>Of the head, and of the embedding table where that is the same weight.</summary>
    internal WeightFormat Head { get; }

    /// <summary>Of the factors of adapters over weights that were rounded: 16 bits, with the precision (11 bits) that makes their error small beside the weights'.</summary>
    internal static WeightFormat Factors => WeightFormats.Float16;

    /// <summary>The one of that name, or null.</summary>
    public static WeightStorage? Find(string name) => All.FirstOrDefault(storage => storage.Name == name);

    /// <summary>What weights with that <see cref="LanguageModel.WeightsHash"/> were rounded to, or null.</summary>
    public static WeightStorage? OfHash(string? hash) => hash?.Split(':').Select(Find).FirstOrDefault(storage => storage is not null);

    /// <summary>Whether the checkpoint's weights come out with other values.</summary>
    internal bool Rounds(Checkpoint checkpoint) => Format != WeightFormats.Float32 && !checkpoint.Stores(Format.Type);

    public override string ToString() => Name;
}
