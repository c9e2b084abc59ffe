using System.Globalization;
using System.Text;

namespace Juxta.Training.Output;

/// <summary>What a README.md beside trained weights says of them.</summary>
/// <param name="Name">Of the model or adapter.</param>
/// <param name="Base">Name or folder of what it was trained from.</param>
/// <param name="Facts">Further facts, as name and value, in order: data, settings, losses.</param>
public sealed record ModelCard(string Name, string Base, IReadOnlyList<(string Name, string Value)> Facts)
{
    internal string ToMarkdown(bool adapter)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"---\nbase_model: {Base}\n{(adapter ? "library_name: peft\n" : "")}tags:\n- {(adapter ? "lora" : "full-fine-tuning")}\n---\n\n# {Name}\n\n");
        text.Append(adapter ? "A LoRA adapter" : "A model").Append(CultureInfo.InvariantCulture, $" trained by Juxta from {Base}.\n\n| | |\n|---|---|\n");
        foreach ((string name, string value) in Facts) text.Append(CultureInfo.InvariantCulture, $"| {name} | {value.Replace('|', '/')} |\n");
        return text.ToString();
    }
}
