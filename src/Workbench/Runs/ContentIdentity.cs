using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Lora;
using Juxta.Engine.Tokenization;
using Juxta.Eval.Runs;
using Juxta.Workbench.Chat;

namespace Juxta.Workbench.Runs;

/// <summary>Which model an engine runs, told by the contents of its files and not by where they lie.</summary>
internal static class ContentIdentity
{
    static readonly string[] TokenizerFiles = [.. TokenizerFile.Names, "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"];

    public static ModelIdentity Of(string name, InferenceEngine engine, IReadOnlyList<AdapterUse> adapters)
    {
        LanguageModel model = engine.Model;
        AdapterReceipt[] receipts = [.. adapters.Select(use => engine.Adapters.Single(adapter => adapter.Name == use.Name).Receipt)];
        return new ModelIdentity(name)
        {
            Weights = model.WeightsHash,
            Adapters = [.. adapters.Zip(receipts, (use, receipt) => new AdapterIdentity(Path.GetFileName(receipt.Folder), use.Scale, receipt.Hash) { Folder = receipt.Folder })],
            Tokenizer = OfTokenizers([model.Folder, .. receipts.Select(receipt => receipt.Folder)]),
            Template = Of(model.ChatTemplate?.Source ?? PromptRenderer.PlainTemplate),
            StopSet = Of(string.Join(',', engine.StopIdsOf(adapters).Entries.Select(stop => stop.Id))),
            Advice = Of(JsonSerializer.Serialize(model.GenerationDefaults)),
            Folder = model.Folder,
        };
    }

    static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Of what <c>sha256sum</c> prints of each folder's files, in order of the names above.</summary>
    static string OfTokenizers(IEnumerable<string> folders)
    {
        var lines = new StringBuilder();
        foreach (string folder in folders)
        {
            foreach (string name in TokenizerFiles)
            {
                string path = Path.Combine(folder, name);
                if (File.Exists(path)) lines.Append(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))).Append("  ").Append(name).Append('\n');
            }
        }
        return Of(lines.ToString());
    }
}
