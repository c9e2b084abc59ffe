using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Engine.Memory;
using Juxta.Engine.Weights;
using Juxta.Engine.Tokenization;
using Juxta.Training.Gradients;

namespace Juxta.Training.Output;

/// <summary>A full run's result as a Hugging Face folder: model.safetensors in bf16, and what stood beside the weights it began with: config, tokenizer, template, generation_config.</summary>
internal static class ModelFolder
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Files of a model's folder that go with its weights. Code is not among them.</summary>
    static readonly string[] Companions =
    [
        "generation_config.json", .. TokenizerFile.Names, "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt", "chat_template.jinja",
    ];

    public static void Write(string folder, string baseFolder, IReadOnlyList<Parameter> parameters, ModelCard card)
    {
        Directory.CreateDirectory(folder);
        WriteWeights(Path.Combine(folder, "model.safetensors"), parameters);
        foreach (string file in Companions)
            if (File.Exists(Path.Combine(baseFolder, file))) File.Copy(Path.Combine(baseFolder, file), Path.Combine(folder, file), overwrite: true);
        File.WriteAllText(Path.Combine(folder, "README.md"), card.ToMarkdown(adapter: false));
        // The config comes last: a folder with one is complete.
        JsonObject config = JsonNode.Parse(File.ReadAllText(Path.Combine(baseFolder, "config.json")))!.AsObject();
        config["torch_dtype"] = "bfloat16";
        config.Remove("dtype");
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString(Indented));
    }

    static void WriteWeights(string path, IReadOnlyList<Parameter> parameters)
    {
        string temporary = path + ".part";
        using (FileStream file = File.Create(temporary))
        {
            SafeTensorsWriter.WriteHeader(file, parameters.SelectMany(parameter => parameter.Tensors).Select(tensor => (tensor.Name, DType.BF16, tensor.Shape)), ofTorch: true);
            foreach (Parameter parameter in parameters) file.Write(BFloat16(parameter.Values));
        }
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Rounded to the nearest, ties to even.</summary>
    internal static byte[] BFloat16(ReadOnlySpan<float> values)
    {
        byte[] bytes = new byte[values.Length * 2];
        for (int i = 0; i < values.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(values[i]);
            ushort rounded = float.IsNaN(values[i]) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
            BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), rounded);
        }
        return bytes;
    }
}
