using System.Globalization;
using System.Text.Json;
using Juxta.Engine.Chat;
using Juxta.Tests;

namespace Juxta.EngineTests.Chat;

/// <summary>Small templates, one feature each, against what Python's jinja2 gives.</summary>
public sealed class JinjaConformanceTests
{
    [Fact]
    public void Snippets_render_as_in_Python()
    {
        using var context = JsonDocument.Parse(File.ReadAllText(Fixtures.Require("chat-templates", "_conformance_context.json")));
        using var none = JsonDocument.Parse("[]");
        var failures = new List<string>();
        int count = 0;
        foreach (string line in File.ReadLines(Fixtures.Require("chat-templates", "_conformance.jsonl")))
        {
            using var snippet = JsonDocument.Parse(line);
            count++;
            var root = snippet.RootElement;
            string id = root.GetProperty("id").GetString()!, source = root.GetProperty("template").GetString()!;
            string? error = root.TryGetProperty("error", out var kind) ? kind.GetString() : null;
            ChatTemplate? template = null;
            try
            {
                template = ChatTemplate.Parse(source);
                string text = template.Render(new ChatTemplateInput { Messages = none.RootElement, Extra = context.RootElement, Now = new DateTime(2024, 7, 26, 13, 5, 9) }, TestContext.Current.CancellationToken).Text;
                if (error is not null) failures.Add($"{id} {source}: expected {error}, got {text}");
                else if (text != root.GetProperty("rendered").GetString()) failures.Add($"{id} {source}: expected {root.GetProperty("rendered")}, got {text}");
            }
            catch (ChatTemplateException exception)
            {
                bool right = error switch
                {
                    "raise_exception" => exception.RaisedByTemplate && exception.Message == root.GetProperty("message").GetString(),
                    "parse" => template is null,
                    "runtime" => template is not null && !exception.RaisedByTemplate,
                    _ => false,
                };
                if (!right) failures.Add($"{id} {source}: expected {error ?? root.GetProperty("rendered").GetString()}, got {exception.Message}");
            }
        }
        Assert.True(count > 0);
        Assert.True(failures.Count == 0, string.Create(CultureInfo.InvariantCulture, $"{failures.Count} of {count}\n") + string.Join("\n", failures));
    }
}
