using Juxta.Engine.Weights;

namespace Juxta.Engine.Models;

/// <summary>How a config cuts attention into heads.</summary>
internal readonly record struct AttentionHeads(int Heads, int KvHeads, int HeadDim)
{
    /// <param name="kvHeads">num_key_value_heads where absent; null = as many as heads.</param>
    /// <param name="headDim">head_dim where absent; null = hidden_size / num_attention_heads.</param>
    /// <exception cref="ModelFormatException">Query heads do not share key/value heads evenly, or a head cannot be rotated in pairs.</exception>
    public static AttentionHeads Read(CheckpointConfig json, int? kvHeads = null, int? headDim = null)
    {
        int hidden = json.Int("hidden_size"), heads = json.Int("num_attention_heads");
        int kv = json.IntOr("num_key_value_heads", kvHeads ?? heads);
        if (heads % kv != 0) throw json.Error("num_key_value_heads", $"is {kv}, which does not divide num_attention_heads = {heads}");
        if (json.IntOrNull("head_dim") is null && headDim is null && hidden % heads != 0)
            throw json.Error("hidden_size", $"is {hidden}, which num_attention_heads = {heads} does not divide, and there is no head_dim");
        int dim = json.IntOr("head_dim", headDim ?? hidden / heads);
        if (dim % 2 != 0) throw json.Error("head_dim", $"is {dim}; rotary embedding turns pairs of channels, so it must be even");
        return new AttentionHeads(heads, kv, dim);
    }
}
