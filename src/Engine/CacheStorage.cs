using Juxta.Engine.Kernels;

namespace Juxta.Engine;

/// <summary>How keys and values of texts are kept in memory, chosen when a model is opened. They are rounded once, as they are written.</summary>
public sealed class CacheStorage
{
    const string MarkPrefix = "cache-";

    CacheStorage(string name, string what, CacheFormat format) => (Name, What, Format) = (name, what, format);

    /// <summary>All there are.</summary>
    public static IReadOnlyList<CacheStorage> All { get; } =
    [
        new("f32", "4 bytes a number, as they are computed", CacheFormat.Float32),
        new("f16", "2 bytes, 11 bits of precision, up to 65,504", CacheFormat.Float16),
        new("bf16", "2 bytes, 8 bits of precision, any size", CacheFormat.BFloat16),
        new("q8_0", "9 bits, 32 channels of a token as integers with one scale, any size", CacheFormat.Int8),
    ];

    /// <summary>What is used where nothing is asked for.</summary>
    public static CacheStorage Float32 => All[0];

    public string Name { get; }

    /// <summary>What it costs and does, in a few words.</summary>
    public string What { get; }

    /// <summary>What the names and the hash of a model say of it, such as <c>cache-bf16</c>; null = nothing: answers are those of f32.</summary>
    public string? Mark => this == Float32 ? null : MarkPrefix + Name;

    internal CacheFormat Format { get; }

    /// <summary>The one of that name, or null.</summary>
    public static CacheStorage? Find(string name) => All.FirstOrDefault(storage => storage.Name == name);

    /// <summary>How a model with that <see cref="LanguageModel.WeightsHash"/> kept keys and values.</summary>
    public static CacheStorage OfHash(string? hash) => All.FirstOrDefault(storage => hash?.Split(':').Contains(storage.Mark) == true) ?? Float32;

    public override string ToString() => Name;
}
