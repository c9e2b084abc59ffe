using Juxta.Engine.Tokenization;

namespace Juxta.EngineTests.Tokenization;

public sealed class TokenizerFolderTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    Tokenizer Load(params (string Name, string Content)[] files)
    {
        File.WriteAllText(Path.Combine(_folder, "tokenizer.json"), SmallTokenizer.ByteLevel().ToJsonString());
        foreach (var (name, content) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, name))!);
            File.WriteAllText(Path.Combine(_folder, name), content);
        }
        return Tokenizer.Load(_folder);
    }

    [Fact]
    public void Special_tokens_are_read_as_text_or_as_objects_and_the_configuration_counts_before_the_map()
    {
        var tokenizer = Load(
            ("tokenizer_config.json", """{"eos_token":{"__type":"AddedToken","content":"<|im_end|>"},"bos_token":null,"clean_up_tokenization_spaces":true}"""),
            ("special_tokens_map.json", """{"eos_token":"<|im_start|>","pad_token":"<|im_start|>"}"""));
        Assert.Equal("<|im_end|>", tokenizer.EosToken);
        Assert.Equal(tokenizer.IdOf("<|im_end|>"), tokenizer.EosId);
        Assert.Equal("<|im_start|>", tokenizer.PadToken);
        Assert.Null(tokenizer.BosId);
        Assert.True(tokenizer.CleansUpSpaces);
        Assert.Equal(["eos_token", "pad_token"], tokenizer.SpecialTokens.Keys.Order());
    }

    [Fact]
    public void Declared_tokens_that_tokenizer_json_lacks_are_added_in_order()
    {
        var tokenizer = Load(("tokenizer_config.json",
            """{"added_tokens_decoder":{"268":{"content":"sop","special":true},"267":{"content":"[gMASK]","special":true},"265":{"content":"<|im_end|>","special":true}},"eos_token":"[PAD]"}"""));
        Assert.Equal(267, tokenizer.IdOf("[gMASK]"));
        Assert.Equal(268, tokenizer.IdOf("sop"));
        Assert.Equal(269, tokenizer.EosId);
        Assert.Equal(270, tokenizer.VocabularySize);
        Assert.Equal([267, 268], tokenizer.Encode("[gMASK]sop"));
        Assert.True(tokenizer.IsSpecial(267));
    }

    [Fact]
    public void Chat_templates_come_as_text_as_a_list_or_as_files()
    {
        Assert.Null(Load().ChatTemplate);
        Assert.Equal("one", Load(("tokenizer_config.json", """{"chat_template":"one"}""")).ChatTemplate);
        var several = Load(("tokenizer_config.json", """{"chat_template":[{"name":"tool_use","template":"t"},{"name":"default","template":"d"}]}"""));
        Assert.Equal("d", several.ChatTemplate);
        Assert.Equal("t", several.ChatTemplates["tool_use"]);
        var files = Load(("chat_template.jinja", "from a file"), ("additional_chat_templates/rag.jinja", "r"));
        Assert.Equal("from a file", files.ChatTemplate);
        Assert.Equal("r", files.ChatTemplates["rag"]);
    }
}
