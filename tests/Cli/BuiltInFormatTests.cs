using System.Text.Json;
using Juxta.Tests;

namespace Juxta.CliTests;

/// <summary>Folders of the original ChatGLM and GLM-4 downloads in the terminal: their vocabularies, prompts, and how a shipped template differs.</summary>
public sealed class BuiltInFormatTests : IDisposable
{
    const string Shipped = "[gMASK]<sop>{% for item in messages %}<|{{ item['role'] }}|>{{ item['metadata'] }}\n{{ item['content'] }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";

    readonly string _folder = Directory.CreateTempSubdirectory("juxta-original").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string Glm4(string? template)
    {
        File.WriteAllText(Path.Combine(_folder, "tokenizer.model"), OriginalVocabulary.Glm4());
        File.WriteAllText(Path.Combine(_folder, "tokenizer_config.json"), JsonSerializer.Serialize(new { tokenizer_class = "ChatGLM4Tokenizer", chat_template = template }));
        return _folder;
    }

    [Fact]
    public void A_folder_without_tokenizer_json_is_tokenized_and_rendered()
    {
        string folder = Glm4(null), messages = Path.Combine(_folder, "messages.json");
        File.WriteAllText(messages, """[{"role":"user","content":"hello"}]""");
        Assert.Equal("[gMASK]<sop><|user|>\nhello<|assistant|>\n", Juxta.Run("template", "--model", folder, "--messages", messages).Out);
        Assert.Equal([259], Juxta.Run("tokenize", "--model", folder, "hello", "--json").Json.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()));
        Juxta.Refuses(["template", "--model", folder, "--compare"], "ships no chat template", "the built-in format glm-4 is used");
    }

    [Fact]
    public void Compare_says_where_a_shipped_template_differs_and_exits_with_1()
    {
        Juxta.Result result = Juxta.Run("template", "--model", Glm4(Shipped.Replace("<|assistant|>", "<|assistant|>\\n", StringComparison.Ordinal)), "--compare");
        Assert.Equal(1, result.Code);
        Assert.Contains("differs from the built-in format glm-4 in 5 of 5 probe conversations (a question, a second question", result.Out, StringComparison.Ordinal);
        Assert.Contains("built in      ends", result.Out, StringComparison.Ordinal);

        result = Juxta.Run("template", "--model", Glm4(Shipped), "--compare", "--json");
        Assert.Equal(1, result.Code);
        Assert.Equal("tools", Assert.Single(result.Json.GetProperty("differences").EnumerateArray()).GetProperty("conversation").GetString());
    }

    [Fact]
    public void Compare_needs_a_model_with_a_built_in_format()
    {
        Juxta.Refuses(["template", "--compare"], "give --model DIR");
        string tiny = Path.Combine(_folder, "tiny");
        TinyModel.Write(tiny);
        Juxta.Refuses(["template", "--model", tiny, "--compare"], "no chat format is built in for this tokenizer");
    }
}
