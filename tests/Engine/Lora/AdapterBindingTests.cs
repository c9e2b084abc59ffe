using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;

namespace Juxta.EngineTests.Lora;

/// <summary>What a crafted adapter becomes, against sums written out.</summary>
public sealed class AdapterBindingTests
{
    const string Plain = """{"peft_type":"LORA","r":2,"lora_alpha":4,"target_modules":["q"],"base_model_name_or_path":"some/base"}""";

    [Fact]
    public void A_linear_lora_keeps_its_factors_and_its_norm()
    {
        using var small = new SmallBase();
        (string, int[], float[])[] lora = SmallBase.Lora("model.layers.0.q", 4);
        small.Write(Plain, lora);
        using LoraAdapter adapter = small.Load();
        ModuleDelta delta = small.Delta(adapter, "model.layers.0.q");
        Assert.Equal(2, delta.Scale);
        Assert.Equal(lora[0].Item3, Rows(delta.A!));
        Assert.Equal(lora[1].Item3, Rows(delta.B!));
        ModuleReceipt line = Assert.Single(adapter.Receipt.Modules);
        Assert.Equal(("model.layers.0.q", "lora", 2, 2.0), (line.Path, line.Change, line.Rank, line.Scale));
        Assert.Equal(Norm(Product(lora[1].Item3, lora[0].Item3, 4, 2, 2)), line.DeltaNorm, 1e-6);
        Assert.Equal(Norm(small.Q), line.BaseNorm, 1e-6);
        Assert.Equal(("LoRA r=2 alpha=4", "some/base", 16L), (adapter.Receipt.Method, adapter.Receipt.TrainedOn, adapter.Receipt.Parameters));
        Assert.Null(adapter.Vocabulary);
        Assert.Null(adapter.TokenizerFolder);
    }

    [Fact]
    public void Dora_gains_come_from_the_rows_of_the_changed_weight()
    {
        using var small = new SmallBase();
        (string, int[], float[])[] lora = SmallBase.Lora("model.layers.0.q", 4);
        small.Write(Plain.Replace("\"r\":2", "\"r\":2,\"use_dora\":true", StringComparison.Ordinal), [.. lora, ("base_model.model.model.layers.0.q.lora_magnitude_vector", [4], [1, 2, 3, 0.5f])]);
        using LoraAdapter adapter = small.Load();
        double[] delta = Product(lora[1].Item3, lora[0].Item3, 4, 2, 2);
        float[] magnitudes = [1, 2, 3, 0.5f];
        double square = 0;
        for (int row = 0; row < 4; row++)
        {
            double[] changed = [.. Enumerable.Range(0, 4).Select(c => small.Q[(row * 4) + c] + delta[(row * 4) + c])];
            double gain = magnitudes[row] / Norm(changed);
            Assert.Equal(gain, small.Delta(adapter, "model.layers.0.q").Gain![row], 1e-6);
            for (int c = 0; c < 4; c++) square += Math.Pow((gain * changed[c]) - small.Q[(row * 4) + c], 2);
        }
        Assert.Equal(Math.Sqrt(square), adapter.Receipt.Modules[0].DeltaNorm, 1e-5);
        Assert.Equal("dora", adapter.Receipt.Modules[0].Change);
    }

    [Theory]
    [InlineData("base_model.model.model.layers.0.q.lora_A.default.weight", "base_model.model.model.layers.0.q.lora_B.default.weight")]
    [InlineData("base_model.model.model.layers.0.q.lora_A.weight", "base_model.model.model.layers.0.q.lora_B.weight")]
    [InlineData("module.base_model.model.model.layers.0.q.lora_A.mine.weight", "module.base_model.model.model.layers.0.q.lora_B.mine.weight")]
    [InlineData("model.layers.0.q.lora_A.weight", "_orig_mod.model.layers.0.q.lora_B.weight")]
    public void Spellings_of_keys_are_understood(string a, string b)
    {
        using var small = new SmallBase();
        small.Write(Plain, (a, [1, 4], [1, 2, 3, 4]), (b, [4, 1], [1, 1, 1, 1]));
        using LoraAdapter adapter = small.Load();
        Assert.Equal(4, small.Delta(adapter, "model.layers.0.q").Scale);
    }

    [Fact]
    public void Fan_in_fan_out_set_by_mistake_on_a_linear_layer_is_ignored()
    {
        using SmallBase plain = new(), mistaken = new();
        plain.Write(Plain, SmallBase.Lora("model.layers.0.q", 4));
        mistaken.Write(Plain.Replace("\"r\":2", "\"r\":2,\"fan_in_fan_out\":true", StringComparison.Ordinal), SmallBase.Lora("model.layers.0.q", 4));
        using LoraAdapter expected = plain.Load(), found = mistaken.Load();
        Assert.Equal(Rows(plain.Delta(expected, "model.layers.0.q").A!), Rows(mistaken.Delta(found, "model.layers.0.q").A!));
        Assert.Equal(Rows(plain.Delta(expected, "model.layers.0.q").B!), Rows(mistaken.Delta(found, "model.layers.0.q").B!));
    }

    [Fact]
    public void Biases_of_wrapped_modules_alone_are_understood()
    {
        using var small = new SmallBase();
        small.Write(Plain.Replace("\"r\":2", "\"r\":2,\"bias\":\"lora_only\"", StringComparison.Ordinal).Replace("[\"q\"]", "[\"k\"]", StringComparison.Ordinal),
            [.. SmallBase.Lora("model.layers.0.k", 2), ("base_model.model.model.layers.0.k.base_layer.bias", [2], [9, 8])]);
        using LoraAdapter adapter = small.Load();
        Assert.Equal([9, 8], small.Delta(adapter, "model.layers.0.k").Bias!);
        Assert.Equal("lora + bias", Assert.Single(adapter.Receipt.Modules).Change);
    }

    [Fact]
    public void Lora_bias_is_scaled_and_base_biases_are_replaced()
    {
        using var small = new SmallBase();
        small.Write(Plain.Replace("\"r\":2", "\"r\":2,\"lora_bias\":true,\"bias\":\"all\"", StringComparison.Ordinal),
            [.. SmallBase.Lora("model.layers.0.q", 4), ("base_model.model.model.layers.0.q.lora_B.bias", [4], [1, 2, 3, 4]), ("base_model.model.model.layers.0.k.bias", [2], [9, 8])]);
        using LoraAdapter adapter = small.Load();
        Assert.Equal([2, 4, 6, 8], small.Delta(adapter, "model.layers.0.q").LoraBias!);
        Assert.Equal([9, 8], small.Delta(adapter, "model.layers.0.k").Bias!);
        Assert.Equal(Math.Sqrt((8.5 * 8.5) + (8.5 * 8.5)), small.Delta(adapter, "model.layers.0.k").Norm, 1e-6);
        Assert.Equal(["lora + bias", "bias"], adapter.Receipt.Modules.Select(module => module.Change));
    }

    [Fact]
    public void A_saved_norm_replaces_the_gains()
    {
        using var small = new SmallBase();
        small.Write(Plain.Replace("\"r\":2", "\"r\":2,\"modules_to_save\":[\"norm\"]", StringComparison.Ordinal), [.. SmallBase.Lora("model.layers.0.q", 4), ("base_model.model.model.norm.weight", [4], [1, 2, 3, 7])]);
        using LoraAdapter adapter = small.Load();
        Assert.Equal([1, 2, 3, 7], small.Delta(adapter, "model.norm").NormWeight!);
        Assert.Equal(3, small.Delta(adapter, "model.norm").Norm, 1e-6);
    }

    [Fact]
    public void A_saved_head_of_a_tied_model_leaves_the_embedding()
    {
        using var small = new SmallBase(tied: true);
        small.Write(Plain.Replace("\"r\":2", "\"r\":2,\"modules_to_save\":[\"lm_head\"]", StringComparison.Ordinal),
            [.. SmallBase.Lora("model.layers.0.q", 4), ("base_model.model.lm_head.weight", [6, 4], SmallBase.Weights(24, 50))]);
        using LoraAdapter adapter = small.Load();
        Assert.Equal(SmallBase.Weights(24, 50), Rows(small.Delta(adapter, "lm_head").Weight!));
        Assert.Null(adapter.Delta(small.Table.Find("model.embed")!.Index));
    }

    [Fact]
    public void A_saved_embedding_of_a_tied_model_leaves_the_head()
    {
        using var small = new SmallBase(tied: true);
        small.Write(Plain.Replace("\"r\":2", "\"r\":2,\"modules_to_save\":[\"embed\"]", StringComparison.Ordinal),
            [.. SmallBase.Lora("model.layers.0.q", 4), ("base_model.model.model.embed.modules_to_save.default.weight", [6, 4], SmallBase.Weights(24, 50)), ("base_model.model.model.embed.original_module.weight", [6, 4], small.Embed)]);
        using LoraAdapter adapter = small.Load();
        Assert.Equal(SmallBase.Weights(24, 50), small.Delta(adapter, "model.embed").EmbeddingTable!);
        Assert.Null(adapter.Delta(small.Table.Find("lm_head")!.Index));
    }

    [Fact]
    public void A_resized_shared_weight_reaches_both_sides_of_the_tie()
    {
        using var small = new SmallBase(tied: true);
        float[] resized = [.. small.Embed, .. SmallBase.Weights(8, 60)];
        small.Write(Plain, [.. SmallBase.Lora("model.layers.0.q", 4), ("base_model.model.model.embed.weight", [8, 4], resized)]);
        using LoraAdapter adapter = small.Load();
        Assert.Equal(8, adapter.Vocabulary);
        Assert.Equal(resized, small.Delta(adapter, "model.embed").EmbeddingTable!);
        Assert.Equal(resized, Rows(small.Delta(adapter, "lm_head").Weight!));
        Assert.Equal(Norm(SmallBase.Weights(8, 60)), small.Delta(adapter, "lm_head").Norm, 1e-5);
    }

    [Fact]
    public void Trained_tokens_are_sorted_with_their_rows_and_reach_only_a_tied_head()
    {
        foreach (bool tied in (bool[])[true, false])
        {
            using var small = new SmallBase(tied);
            small.Write(Plain.Replace("\"r\":2", "\"r\":2,\"trainable_token_indices\":[5,1]", StringComparison.Ordinal),
                [.. SmallBase.Lora("model.layers.0.q", 4), ("base_model.model.model.embed.token_adapter.trainable_tokens_delta", [2, 4], [5, 5, 5, 5, 1, 1, 1, 1])]);
            using LoraAdapter adapter = small.Load();
            ModuleDelta embed = small.Delta(adapter, "model.embed");
            Assert.Equal([1f, 1, 1, 1], embed.EmbeddingRows![1]);
            Assert.Equal([5f, 5, 5, 5], embed.EmbeddingRows[5]);
            ModuleDelta? head = adapter.Delta(small.Table.Find("lm_head")!.Index);
            if (tied) Assert.Equal([1, 5], head!.ReplacedRowIds!);
            if (tied) Assert.Equal([1f, 1, 1, 1, 5, 5, 5, 5], Rows(head!.ReplacedRows!));
            else Assert.Null(head);
            Assert.Equal("rows", adapter.Receipt.Modules[0].Change);
            double square = Enumerable.Range(0, 4).Sum(c => Math.Pow(5 - small.Embed[20 + c], 2) + Math.Pow(1 - small.Embed[4 + c], 2));
            Assert.Equal(Math.Sqrt(square), embed.Norm, 1e-5);
        }
    }

    [Fact]
    public void An_embedding_lora_is_laid_out_by_token()
    {
        using var small = new SmallBase();
        float[] a = SmallBase.Weights(12, 70), b = SmallBase.Weights(8, 71);
        small.Write(Plain.Replace("[\"q\"]", "[\"embed\"]", StringComparison.Ordinal),
            ("base_model.model.model.embed.lora_embedding_A", [2, 6], a), ("base_model.model.model.embed.lora_embedding_B.default", [4, 2], b), ("base_model.model.model.embed.base_layer.weight", [6, 4], small.Embed));
        using LoraAdapter adapter = small.Load();
        ModuleDelta embed = small.Delta(adapter, "model.embed");
        for (int id = 0; id < 6; id++) Assert.Equal([a[id], a[6 + id]], embed.EmbeddingA![(2 * id)..((2 * id) + 2)]);
        Assert.Equal(b, embed.EmbeddingB!);
        Assert.Equal(Norm(Product(b, a, 4, 2, 2)), embed.Norm, 1e-5);
    }

    [Fact]
    public void Fused_layers_of_peft_0_2_become_block_diagonal()
    {
        using var small = new SmallBase();
        // Two blocks of two output rows, both enabled: lora_A stacks two A's of rank 1, lora_B two B's of two rows.
        small.Write("""{"peft_type":"LORA","r":1,"lora_alpha":4,"target_modules":["q"],"enable_lora":[true,true],"fan_in_fan_out":true,"merge_weights":false}""",
            ("base_model.model.model.layers.0.q.lora_A.weight", [2, 4], [1, 2, 3, 4, 5, 6, 7, 8]), ("base_model.model.model.layers.0.q.lora_B.weight", [4, 1, 1], [1, 2, 3, 4]));
        using LoraAdapter adapter = small.Load();
        ModuleDelta delta = small.Delta(adapter, "model.layers.0.q");
        Assert.Equal([1, 0, 2, 0, 0, 3, 0, 4], Rows(delta.B!));
        Assert.Equal(4, delta.Scale);
    }

    [Fact]
    public void Missing_modules_are_in_the_receipt_and_load()
    {
        using var small = new SmallBase();
        small.Write(Plain.Replace("[\"q\"]", "[\"q\",\"k\"]", StringComparison.Ordinal), SmallBase.Lora("model.layers.0.q", 4));
        using LoraAdapter adapter = small.Load();
        Assert.Equal(["model.layers.0.k"], adapter.Receipt.MissingModules);
        Assert.Contains("model.layers.0.k", Assert.Single(adapter.Receipt.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Unused_tensors_and_no_effect_load_when_that_is_allowed()
    {
        using var small = new SmallBase();
        small.Write(Plain, [.. SmallBase.Lora("model.layers.0.q", 4), ("base_model.model.model.layers.9.q.lora_A.weight", [2, 4], new float[8])]);
        using (LoraAdapter adapter = small.Load(new AdapterOptions { AllowUnused = true })) Assert.Equal(["base_model.model.model.layers.9.q.lora_A.weight"], adapter.Receipt.UnusedTensors);
        small.Write(Plain, ("base_model.model.model.layers.0.q.lora_A.weight", [2, 4], new float[8]), ("base_model.model.model.layers.0.q.lora_B.weight", [4, 2], new float[8]));
        using (LoraAdapter adapter = small.Load(new AdapterOptions { AllowNoEffect = true })) Assert.Equal(0, adapter.Receipt.Modules[0].DeltaNorm);
    }

    [Fact]
    public void The_hash_follows_the_content()
    {
        using SmallBase first = new(), second = new(), other = new();
        first.Write(Plain, SmallBase.Lora("model.layers.0.q", 4));
        second.Write(Plain, SmallBase.Lora("model.layers.0.q", 4));
        other.Write(Plain, SmallBase.Lora("model.layers.0.q", 4, seed: 99));
        using LoraAdapter a = first.Load(), b = second.Load(), c = other.Load();
        Assert.Equal(a.Receipt.Hash, b.Receipt.Hash);
        Assert.NotEqual(a.Receipt.Hash, c.Receipt.Hash);
    }

    [Fact]
    public void The_folder_of_its_own_tokenizer_is_told()
    {
        using var small = new SmallBase();
        small.Write(Plain, SmallBase.Lora("model.layers.0.q", 4));
        small.Folder.Write("tokenizer_config.json", "{}");
        using LoraAdapter adapter = small.Load();
        Assert.Equal(small.Folder.Path, adapter.TokenizerFolder);
    }

    static float[] Rows(PackedMatrix matrix)
    {
        var values = new float[matrix.Rows * matrix.Columns];
        for (int row = 0; row < matrix.Rows; row++) matrix.ReadRow(row, values.AsSpan(row * matrix.Columns, matrix.Columns));
        return values;
    }

    /// <summary>scale · left (rows, inner) · right (inner, columns).</summary>
    static double[] Product(float[] left, float[] right, int rows, int inner, double scale)
    {
        int columns = right.Length / inner;
        var product = new double[rows * columns];
        for (int r = 0; r < rows; r++)
            for (int c = 0; c < columns; c++)
                for (int i = 0; i < inner; i++) product[(r * columns) + c] += scale * left[(r * inner) + i] * right[(i * columns) + c];
        return product;
    }

    static double Norm(double[] values) => Math.Sqrt(values.Sum(value => value * value));

    static double Norm(float[] values) => Math.Sqrt(values.Sum(value => (double)value * value));
}
