using Juxta.Engine;
using Juxta.Engine.Chat;
using Juxta.Engine.Tokenization;
using Juxta.EngineTests.Weights;
using Microsoft.Extensions.AI;

namespace Juxta.EngineTests.Models;

/// <summary>A folder as it was downloaded opens with no flags and chats.</summary>
public sealed class OriginalDownloadTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, TokenizerKind, string, string> Downloads => new()
    {
        { "chatglm-6b", TokenizerKind.ChatGlm, "a[gMASK]<sop>", "<eop>" },
        { "chatglm2-6b", TokenizerKind.ChatGlm2, "[gMASK]sop[Round 1]\n\n问：a\n\n答：", "</s>" },
        { "chatglm3-6b", TokenizerKind.ChatGlm3, "[gMASK]sop<|user|>\na<|assistant|>", "</s> <|user|> <|observation|>" },
        { "glm-4-9b", TokenizerKind.Glm4, "[gMASK]<sop><|user|>\na<|assistant|>", "<|endoftext|> <|user|> <|observation|>" },
        { "glm-4-9b-chat", TokenizerKind.Glm4, "[gMASK]<sop><|user|>\na<|assistant|>", "<|endoftext|> <|user|> <|observation|>" },
        { "qwen2.5-0.5b", TokenizerKind.TokenizerJson, "<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\n", "<|endoftext|> <|im_end|>" },
    };

    [Theory, MemberData(nameof(Downloads))]
    public async Task An_original_download_opens_with_no_flags_and_chats(string name, TokenizerKind kind, string prompt, string stops)
    {
        string path = OriginalDownload.Write(_folder, name);
        string[] files = Directory.GetFiles(path);
        using var model = LanguageModel.Open(path, threads: 1);
        Assert.Empty(model.Warnings);
        var tokenizer = model.Tokenizer!;
        Assert.Equal(kind, tokenizer.Kind);
        Assert.Equal(stops.Split(' '), model.StopIds.Entries.Select(entry => tokenizer.TokenOf(entry.Id)!));

        var rendered = model.ChatTemplate!.Render(new ChatTemplateInput { Messages = ChatMessages.From(("user", "a")), AddGenerationPrompt = true, SpecialTokens = tokenizer.SpecialTokens });
        Assert.Equal(prompt, rendered.Text);

        await using var engine = new InferenceEngine(model, new EngineOptions { CacheTokens = 512 });
        using var client = new EngineChatClient(engine);
        var first = await client.GetResponseAsync([new ChatMessage(ChatRole.User, "a")], new ChatOptions { Temperature = 0, MaxOutputTokens = 12 });
        Assert.Equal(tokenizer.Encode(rendered).Length, first.Usage!.InputTokenCount);
        Assert.InRange(first.Usage.OutputTokenCount!.Value, 1, 12);
        var second = await client.GetResponseAsync([new ChatMessage(ChatRole.User, "a"), new ChatMessage(ChatRole.Assistant, first.Text), new ChatMessage(ChatRole.User, "b")], new ChatOptions { Temperature = 0, MaxOutputTokens = 4 });
        Assert.True(second.Usage!.InputTokenCount > first.Usage.InputTokenCount);
        Assert.Equal(files, Directory.GetFiles(path));
    }

    [Fact]
    public void Every_layout_has_its_test() => Assert.Equal(OriginalDownload.All, Downloads.Select(row => row.Data.Item1));
}
