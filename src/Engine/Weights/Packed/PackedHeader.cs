using System.Text.Json;

namespace Juxta.Engine.Weights.Packed;

/// <summary>
/// What a packed file says of itself: magic, length of the JSON that follows (u32), its checksum (u32), the JSON; then, each on a page of its own, the
/// sections' bytes as they lie in memory.
/// </summary>
/// <param name="Key">What was packed, and how: <see cref="PackedFolder.KeyOf"/>.</param>
/// <param name="Model">The folder it was packed from, for people.</param>
/// <param name="Length">Bytes of the whole file.</param>
internal sealed record PackedHeader(string Key, string Model, long Length, IReadOnlyList<PackedSection> Sections)
{
    public const int Page = 4096, FixedBytes = 16;

    public static ReadOnlySpan<byte> Magic => "JUXTAPW1"u8;

    static JsonSerializerOptions Options { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Options);

    /// <summary>Null where the JSON is none of a header, or its sections do not lie in the file.</summary>
    public static PackedHeader? Parse(ReadOnlySpan<byte> json)
    {
        PackedHeader? header;
        try
        {
            header = JsonSerializer.Deserialize<PackedHeader>(json, Options);
        }
        catch (JsonException)
        {
            return null;
        }
        return header is { Key: not null, Sections: not null } && header.Sections.All(header.Holds) ? header : null;
    }

    public static long NextPage(long offset) => (offset + Page - 1) / Page * Page;

    bool Holds(PackedSection section) => section is { Name: not null, Format: not null, Checksum: not null, Rows: > 0, Columns: > 0, Bytes: > 0, Offset: > 0 }
        && section.Offset % Page == 0 && section.Bytes < Length && section.Offset <= Length - section.Bytes;
}

/// <summary>One matrix or table in a packed file.</summary>
/// <param name="Name">Path of its first module in the checkpoint.</param>
/// <param name="Format">What it is kept as: a weight format's name, or a file type's for a table of plain rows.</param>
/// <param name="Checksum">Eight hexadecimal digits.</param>
internal sealed record PackedSection(string Name, string Format, int Rows, int Columns, long Offset, long Bytes, string Checksum);
