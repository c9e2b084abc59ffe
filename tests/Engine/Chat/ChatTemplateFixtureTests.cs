using System.Globalization;
using System.Text.Json;
using Juxta.Engine.Chat;
using Juxta.Tests;

namespace Juxta.EngineTests.Chat;

/// <summary>Published chat templates against what Python's jinja2 rendered (fixtures/chat-templates), and the provenance of every rendering.</summary>
public sealed class ChatTemplateFixtureTests
{
    public static IEnumerable<TheoryDataRow<string>> Files()
    {
        string? folder = Fixtures.Root is null ? null : Path.Combine(Fixtures.Root, "chat-templates");
        if (folder is null || !Directory.Exists(folder)) return [new TheoryDataRow<string>("llama3.1.json")];
        return Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file))
            .Where(file => !Path.GetFileName(file).StartsWith('_')).Order(StringComparer.Ordinal).Select(file => new TheoryDataRow<string>(file));
    }

    static JsonDocument Read(string file) => JsonDocument.Parse(File.ReadAllText(Fixtures.Require("chat-templates", file)));

    static ChatTemplateInput Input(JsonElement root, JsonElement @case) => new()
    {
        Messages = @case.GetProperty("messages"),
        Tools = @case.GetProperty("tools"),
        AddGenerationPrompt = @case.GetProperty("add_generation_prompt").GetBoolean(),
        Extra = @case.GetProperty("extra"),
        SpecialTokens = root.GetProperty("special_tokens").EnumerateObject().ToDictionary(token => token.Name, token => token.Value.GetString()!),
        Now = DateTime.Parse(root.GetProperty("clock").GetString()!, CultureInfo.InvariantCulture),
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Renders_as_transformers_does(string file)
    {
        using var document = Read(file);
        var root = document.RootElement;
        var template = ChatTemplate.Parse(root.GetProperty("chat_template").GetString()!, file);
        var failures = new List<string>();
        foreach (var @case in root.GetProperty("cases").EnumerateArray())
        {
            string id = @case.GetProperty("id").GetString()!;
            try
            {
                var prompt = template.Render(Input(root, @case), TestContext.Current.CancellationToken);
                if (!@case.TryGetProperty("rendered", out var rendered)) failures.Add($"{id}: rendered, but expected an error\n{@case.GetProperty("error")}");
                else if (prompt.Text != rendered.GetString()) failures.Add($"{id}: expected\n{rendered.GetString()}\nbut got\n{prompt.Text}");
            }
            catch (ChatTemplateException error)
            {
                string expected = @case.TryGetProperty("error", out var kind) ? kind.GetString()! : $"rendered\n{@case.GetProperty("rendered")}";
                bool right = expected switch
                {
                    "raise_exception" => error.RaisedByTemplate && error.Message == @case.GetProperty("message").GetString(),
                    "runtime" or "parse" => !error.RaisedByTemplate && error.InnerException is not null,
                    _ => false,
                };
                if (!right) failures.Add($"{id}: expected {expected} but got {error.Message}");
            }
        }
        Assert.True(failures.Count == 0, $"{failures.Count} failures\n{string.Join("\n\n", failures.Take(5))}");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_character_has_one_author_and_message_text_belongs_to_its_message(string file)
    {
        using var document = Read(file);
        var root = document.RootElement;
        var template = ChatTemplate.Parse(root.GetProperty("chat_template").GetString()!);
        foreach (var @case in root.GetProperty("cases").EnumerateArray().Where(@case => @case.TryGetProperty("rendered", out _)))
        {
            var prompt = template.Render(Input(root, @case), TestContext.Current.CancellationToken);
            Provenance.AssertCovers(prompt);
            Provenance.AssertMessagesOwnTheirText(prompt, @case.GetProperty("messages"), root.GetProperty("chat_template").GetString()!);
        }
    }
}
