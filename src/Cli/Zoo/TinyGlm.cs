using System.Text.Json.Nodes;

namespace Juxta.Cli.Zoo;

/// <summary>Gives the tiny checkpoint GLM-4's tokens, in the file of the original download: its code knows how the model is talked to, so a template in the folder can be compared with that.</summary>
internal static class TinyGlm
{
    public const string Template =
        "[gMASK]<sop>{% for message in messages %}<|{{ message.role }}|>\n{{ message.content }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";

    const int End = 256, Mask = 257, User = 263, Observation = 265, Vocabulary = 270;

    /// <summary>Its answers end with <c>&lt;|user|&gt;</c>.</summary>
    public static void Speak(TinyCheckpoint model, string template)
    {
        Lengthen(model, "model.embed_tokens.weight", _ => 4);
        Lengthen(model, "lm_head.weight", row => row == User ? 6 : 0);
        model.Config.Remove("bos_token_id");
        model.Config["vocab_size"] = Vocabulary;
        foreach (JsonObject file in (JsonObject[])[model.Config, model.Generation]) (file["eos_token_id"], file["pad_token_id"]) = (new JsonArray(End, User, Observation), Mask);
        model.TokenizerConfig.Clear();
        (model.TokenizerConfig["tokenizer_class"], model.TokenizerConfig["eos_token"], model.TokenizerConfig["pad_token"]) = ("ChatGLM4Tokenizer", "<|endoftext|>", "[MASK]");
        model.TokenizerConfig["chat_template"] = template;
    }

    /// <summary>Puts the list of ranks in place of tokenizer.json: every byte is a token.</summary>
    public static void WriteRanks(string folder)
    {
        File.Delete(Path.Combine(folder, "tokenizer.json"));
        File.WriteAllText(Path.Combine(folder, "tokenizer.model"), string.Concat(Enumerable.Range(0, 256).Select(value => $"{Convert.ToBase64String([(byte)value])} {value}\n")));
    }

    /// <summary>More rows, with the first channel that decides what is likely.</summary>
    static void Lengthen(TinyCheckpoint model, string name, Func<int, float> channel0)
    {
        TinyTensor tensor = model.Tensors[name];
        var random = new Random(9);
        float[] values = [.. tensor.Values, .. Enumerable.Range(0, (Vocabulary - TinyCheckpoint.Vocabulary) * TinyCheckpoint.Hidden).Select(_ => (float)(random.NextDouble() - 0.5))];
        for (int row = 0; row < Vocabulary; row++) values[row * TinyCheckpoint.Hidden] = channel0(row);
        model.Tensors[name] = tensor with { Shape = [Vocabulary, TinyCheckpoint.Hidden], Values = values };
    }
}
