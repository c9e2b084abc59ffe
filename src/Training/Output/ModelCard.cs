using System.Globalization;
using System.Text;

namespace Juxta.Training.Output;

/// <summary>What a README.md beside trained weights says of them.</summary>
/// <param name="Name">Of the model or adapter.</param>
/// <param name="Base">Name of what it was trained from, on the Hub where it has one there; null = random weights.</param>
/// <param name="Facts">Further facts, as name and value, in order: data, settings, losses.</param>
public sealed record ModelCard(string Name, string? Base, IReadOnlyList<(string Name, string Value)> Facts)
{
    internal string ToMarkdown(bool adapter)
    {
        var text = new StringBuilder();
        text.Append("---\n");
        if (Base is not null) text.Append(CultureInfo.InvariantCulture, $"base_model: {Base}\n");
        text.Append(CultureInfo.InvariantCulture, $"library_name: {(adapter ? "peft" : "transformers")}\npipeline_tag: text-generation\ntags:\n- {(adapter ? "lora" : "full-fine-tuning")}\n---\n\n# {Name}\n\n");
        text.Append(adapter ? "A LoRA adapter" : "A model").Append(CultureInfo.InvariantCulture, $" trained by Juxta from {Base ?? "random weights"}.\n\n| | |\n|---|---|\n");
        foreach ((string name, string value) in Facts) text.Append(CultureInfo.InvariantCulture, $"| {name} | {value.Replace('|', '/')} |\n");
        return text.ToString();
    }
}
