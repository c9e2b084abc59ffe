using System.Text.Json;
using Juxta.Engine.Chat;

namespace Juxta.EngineTests.Chat;

/// <summary>What must hold of every rendered prompt's spans.</summary>
static class Provenance
{
    public static void AssertCovers(PromptText prompt)
    {
        int position = 0;
        foreach (var span in prompt.Spans)
        {
            Assert.Equal(position, span.Start);
            Assert.True(span.Length > 0, $"an empty span at {position}");
            position = span.End;
        }
        Assert.Equal(prompt.Text.Length, position);
    }

    /// <summary>The text of the prompt with each stretch by message i written as ⟦i:…⟧ and data as ⟦d:…⟧.</summary>
    public static string Mark(PromptText prompt) => string.Concat(prompt.Spans.Select(span => span.Message switch
    {
        PromptSpan.Template => prompt.Text.Substring(span.Start, span.Length),
        PromptSpan.Data => $"⟦d:{prompt.Text.Substring(span.Start, span.Length)}⟧",
        _ => $"⟦{span.Message}:{prompt.Text.Substring(span.Start, span.Length)}⟧",
    }));

    public static string TextOf(PromptText prompt, int message) =>
        string.Concat(prompt.Spans.Where(span => span.Message == message).Select(span => prompt.Text.Substring(span.Start, span.Length)));

    /// <summary>
    /// A message's content that stands in the prompt as it is must be attributed to that message (or to one with the same words).
    /// Content with tags in it is left out: templates take <c>&lt;think&gt;</c> apart and write the tags anew themselves.
    /// </summary>
    public static void AssertMessagesOwnTheirText(PromptText prompt, JsonElement messages, string template)
    {
        var contents = messages.EnumerateArray().Select(message => message.ValueKind == JsonValueKind.Object && message.TryGetProperty("content", out var content)
            && content.ValueKind == JsonValueKind.String ? content.GetString()!.Trim() : "").ToList();
        for (int i = 0; i < contents.Count; i++)
        {
            string content = contents[i];
            if (content.Length < 12 || content.Contains('<') || template.Contains(content) || !prompt.Text.Contains(content)) continue;
            bool owned = Enumerable.Range(0, contents.Count).Any(j => contents[j].Contains(content) && TextOf(prompt, j).Contains(content));
            Assert.True(owned, $"message {i} ({content}) is not attributed to it in\n{Mark(prompt)}");
        }
    }
}
