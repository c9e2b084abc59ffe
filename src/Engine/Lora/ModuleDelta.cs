using Juxta.Engine.Kernels;

namespace Juxta.Engine.Lora;

/// <summary>
/// What one adapter does to one module. For a linear layer, a row of activations x and an adapter scale t, in this order:
/// <code>
/// y  = W'x                        W' = Weight where given (modules_to_save), else the base weight
/// y += t·[ (g−1)∘(W'x) + g∘(s·B(Ax)) ]    g = Gain (DoRA), all ones without
/// y[r] = ReplacedRows[r]·x        for each row r in ReplacedRowIds (trainable tokens under a tied head)
/// y += bias'                      bias' = Bias where given, else the base bias;  y += t·LoraBias
/// </code>
/// LoRA: Hu et al. 2021; DoRA: Liu et al. 2024; conventions of PEFT 0.17 (reference values in the fixtures). A scale t other than 1 is a linear step
/// from the base to the adapted matrix; replaced weights, rows and biases count as one piece and are on for every t ≠ 0.
/// </summary>
internal sealed class ModuleDelta : IDisposable
{
    /// <summary>A, (rank, inputs). Embedding: (rank, vocabulary), read by columns through <see cref="EmbeddingA"/> instead.</summary>
    public PackedMatrix? A { get; init; }

    /// <summary>B, (outputs, rank).</summary>
    public PackedMatrix? B { get; init; }

    /// <summary>s = alpha/r, or alpha/√r with rslora.</summary>
    public float Scale { get; init; }

    /// <summary>DoRA: magnitude[i] / ‖W'[i] + s·(BA)[i]‖₂ per output row.</summary>
    public float[]? Gain { get; init; }

    /// <summary>s·lora_B.bias, per output row.</summary>
    public float[]? LoraBias { get; init; }

    /// <summary>A whole replacement weight, (outputs, inputs); a resized vocabulary shows as another count of outputs.</summary>
    public PackedMatrix? Weight { get; init; }

    /// <summary>A replacement bias.</summary>
    public float[]? Bias { get; init; }

    /// <summary>Output rows that are replaced one by one, ascending, and their weights (rows, inputs).</summary>
    public int[]? ReplacedRowIds { get; init; }

    public PackedMatrix? ReplacedRows { get; init; }

    /// <summary>Embedding only: replaced rows by token id, f32, of length channels.</summary>
    public IReadOnlyDictionary<int, float[]>? EmbeddingRows { get; init; }

    /// <summary>Embedding only: a whole replacement table, (vocabulary, channels) row-major f32.</summary>
    public float[]? EmbeddingTable { get; init; }

    /// <summary>Embedding only: lora_embedding_A transposed, (vocabulary, rank) row-major; row += t·s·B·A[:, id].</summary>
    public float[]? EmbeddingA { get; init; }

    /// <summary>Embedding only: lora_embedding_B, (channels, rank) row-major.</summary>
    public float[]? EmbeddingB { get; init; }

    /// <summary>Norm only: the replacement gain vector.</summary>
    public float[]? NormWeight { get; init; }

    /// <summary>Whether something of the base gives way to the adapter's own, which no second adapter can do to the same module.</summary>
    public bool Replaces => Weight is not null || Bias is not null || ReplacedRows is not null || EmbeddingRows is not null || EmbeddingTable is not null || NormWeight is not null;

    /// <summary>‖ΔW‖_F, for the receipt.</summary>
    public double Norm { get; init; }

    /// <summary>What another backend made of it on its device; goes with it.</summary>
    public IDisposable? Mirror { get; set; }

    /// <summary>Bytes in memory.</summary>
    public long Bytes =>
        (A?.Bytes ?? 0) + (B?.Bytes ?? 0) + (Weight?.Bytes ?? 0) + (ReplacedRows?.Bytes ?? 0)
        + (4L * (Length(Gain) + Length(LoraBias) + Length(Bias) + Length(EmbeddingTable) + Length(EmbeddingA) + Length(EmbeddingB) + Length(NormWeight)
            + (EmbeddingRows?.Values.Sum(Length) ?? 0)));

    static long Length(float[]? values) => values?.LongLength ?? 0;

    public void Dispose()
    {
        A?.Dispose();
        B?.Dispose();
        Weight?.Dispose();
        ReplacedRows?.Dispose();
        Mirror?.Dispose();
    }
}
