using System.Text;
using System.Text.Json;
using Juxta.Engine.Chat.Jinja;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat;

/// <summary>
/// What our own templates can do beyond those of checkpoints: mark a place where encoding starts anew, and read arguments that came as a JSON text. A mark is
/// a noncharacter that counts only where the template itself wrote it, so no message can make one.
/// </summary>
static class EncodingBorders
{
    const char Mark = '\uFDD0';

    public static void Define(Context variables)
    {
        variables.Set("encoded_apart", new StrValue(Mark.ToString()));
        variables.Set("parsed_json", new FunctionValue("parsed_json", ParsedJson, "function"));
    }

    static Value ParsedJson(Machine machine, Arguments arguments)
    {
        if (arguments.Bind("parsed_json", 1, "text")[0] is not StrValue text) throw JinjaError.Type("parsed_json() takes a text");
        try
        {
            using var document = JsonDocument.Parse(text.Units, new JsonDocumentOptions { MaxDepth = 64 });
            machine.Budget.AllocateString(text.UnitLength);
            return JsonReading.Read(document.RootElement, text.Author);
        }
        catch (JsonException error)
        {
            throw new JinjaError(ErrorKind.Raised, $"the arguments of a tool call are no JSON object: {error.Message}");
        }
    }

    /// <summary>The prompt without the marks, and where they were.</summary>
    public static PromptText Extract(PromptText prompt)
    {
        if (!prompt.Text.Contains(Mark, StringComparison.Ordinal)) return prompt;
        var text = new StringBuilder(prompt.Text.Length);
        List<PromptSpan> spans = [];
        List<int> borders = [];
        foreach (PromptSpan span in prompt.Spans)
        {
            int start = text.Length;
            foreach (char unit in prompt.Text.AsSpan(span.Start, span.Length))
            {
                if (unit != Mark || span.Message != PromptSpan.Template) text.Append(unit);
                else if (borders.Count == 0 || borders[^1] < text.Length) borders.Add(text.Length);
            }
            if (text.Length > start) spans.Add(span with { Start = start, Length = text.Length - start });
        }
        return new PromptText(text.ToString(), spans) { Borders = borders };
    }
}
