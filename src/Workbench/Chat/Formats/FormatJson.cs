using System.Text.Encodings.Web;
using System.Text.Json;

namespace Juxta.Workbench.Chat.Formats;

/// <summary>How files for people are written: letters of all languages as they are.</summary>
internal static class FormatJson
{
    // Never put into a page as it is, so nothing needs escaping but what JSON itself demands.
    public static JsonSerializerOptions Indented { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true, NewLine = "\n" };

    public static JsonSerializerOptions Compact { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
