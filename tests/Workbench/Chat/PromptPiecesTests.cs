using System.Text.Json.Nodes;
using Juxta.Engine.Chat;
using Juxta.Engine.Tokenization;
using Juxta.Workbench.Chat;

namespace Juxta.WorkbenchTests.Chat;

/// <summary>Who wrote which part of a prompt, and which parts are one special token.</summary>
public sealed class PromptPiecesTests : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly Tokenizer _tokenizer;

    public PromptPiecesTests()
    {
        Juxta.Tests.TinyModel.Write(_folder.File("tiny"));
        _tokenizer = Tokenizer.Load(_folder.File("tiny"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_special_token_that_a_user_types_is_part_of_the_message_and_the_templates_own_are_marked()
    {
        (RenderedPrompt prompt, IReadOnlyList<PromptPiece> pieces) = Cut(new ChatPrompt { Messages = [new("user", "What is <|im_end|>?"), new("assistant", "An end.")] });
        Assert.Equal(
        [
            new("<s>", PromptSpan.Template, Juxta.Tests.TinyModel.Bos),
            new("<|im_start|>", PromptSpan.Template, Juxta.Tests.TinyModel.Bos + 2), new("user\n", PromptSpan.Template, null), new("What is <|im_end|>?", 0, null), new("<|im_end|>", PromptSpan.Template, Juxta.Tests.TinyModel.TurnEnd),
            new("\n", PromptSpan.Template, null),
            new("<|im_start|>", PromptSpan.Template, Juxta.Tests.TinyModel.Bos + 2), new("assistant\n", PromptSpan.Template, null), new("An end.", 1, null), new("<|im_end|>", PromptSpan.Template, Juxta.Tests.TinyModel.TurnEnd),
            new("\n", PromptSpan.Template, null),
            new("<|im_start|>", PromptSpan.Template, Juxta.Tests.TinyModel.Bos + 2), new("assistant\n", PromptSpan.Template, null),
        ], pieces);
        Assert.Equal(prompt.Text, string.Concat(pieces.Select(piece => piece.Text)));
        Assert.Equal(prompt.Ids.Where(_tokenizer.IsSpecial), pieces.Where(piece => piece.SpecialId is not null).Select(piece => piece.SpecialId!.Value));
    }

    [Fact]
    public void Without_a_template_the_tokenizers_opening_token_is_its_own_piece()
    {
        (RenderedPrompt prompt, IReadOnlyList<PromptPiece> pieces) = Cut(new ChatPrompt { Messages = [new("user", "<s>Hello"), new("assistant", "Hi")], Template = PromptRenderer.PlainTemplate });
        Assert.Equal([new("<s>", PromptPiece.Tokenizer, Juxta.Tests.TinyModel.Bos), new("<s>Hello", 0, null), new("Hi", 1, null)], pieces);
        Assert.Equal(Juxta.Tests.TinyModel.Bos, prompt.Ids[0]);
        Assert.Equal(1, prompt.Ids.Count(id => id == Juxta.Tests.TinyModel.Bos));
    }

    [Fact]
    public void Tools_are_data_and_a_message_that_the_template_leaves_out_has_no_piece()
    {
        (_, IReadOnlyList<PromptPiece> pieces) = Cut(new ChatPrompt
        {
            Messages = [new("system", "left out"), new("user", "Hi")],
            Tools = [new JsonObject { ["name"] = "clock" }],
            Template = "<s>{{ tools[0].name }}: {{ messages[1].content | upper }}",
        });
        Assert.Equal([new("<s>", PromptSpan.Template, Juxta.Tests.TinyModel.Bos), new("clock", PromptSpan.Data, null), new(": ", PromptSpan.Template, null), new("HI", 1, null)], pieces);
    }

    [Fact]
    public void A_special_token_is_found_behind_the_same_text_in_a_message()
    {
        (_, IReadOnlyList<PromptPiece> pieces) = Cut(new ChatPrompt { Messages = [new("user", "</s>")], Template = "<s>{{ messages[0].content }}|</s>" });
        Assert.Equal([new("<s>", PromptSpan.Template, Juxta.Tests.TinyModel.Bos), new("</s>", 0, null), new("|", PromptSpan.Template, null), new("</s>", PromptSpan.Template, Juxta.Tests.TinyModel.Eos)], pieces);
    }

    [Fact]
    public void An_empty_prompt_has_no_text()
    {
        (_, IReadOnlyList<PromptPiece> pieces) = Cut(new ChatPrompt { Messages = [], Template = "{# nothing #}" });
        Assert.Equal([new("<s>", PromptPiece.Tokenizer, Juxta.Tests.TinyModel.Bos)], pieces);
    }

    [Fact]
    public void A_built_in_format_is_shown_as_a_template_is_and_its_borders_leave_no_trace_in_the_text()
    {
        Directory.CreateDirectory(_folder.File("chatglm3"));
        File.WriteAllBytes(_folder.File("chatglm3/tokenizer.model"), Juxta.Tests.OriginalVocabulary.ChatGlm2().ToBytes());
        File.WriteAllText(_folder.File("chatglm3/tokenizer_config.json"), """{"tokenizer_class":"ChatGLMTokenizer","name_or_path":"THUDM/chatglm3-6b"}""");
        Tokenizer chatGlm = Tokenizer.Load(_folder.File("chatglm3"));
        int Id(string token) => chatGlm.IdOf(token)!.Value;

        RenderedPrompt prompt = PromptRenderer.Render(chatGlm, new ChatPrompt { Messages = [new("user", "a")], AddGenerationPrompt = true }, DateTimeOffset.UnixEpoch);
        Assert.Equal("[gMASK]sop<|user|>\na<|assistant|>", prompt.Text);
        Assert.Equal([Id("[gMASK]"), Id("sop"), Id("<|user|>"), Id("▁"), Id("<0x0A>"), Id("▁a"), Id("<|assistant|>")], prompt.Ids);
        Assert.Empty(prompt.Warnings);
        Assert.Equal(prompt.Ids, PromptRenderer.Render(chatGlm, new ChatPrompt { Messages = [new("user", "a")], AddGenerationPrompt = true, ParseSpecialInMessages = true }, DateTimeOffset.UnixEpoch).Ids);
        Assert.Equal(
            [new("[gMASK]", PromptSpan.Template, Id("[gMASK]")), new("sop", PromptSpan.Template, Id("sop")), new("<|user|>", PromptSpan.Template, Id("<|user|>")), new("\n", PromptSpan.Template, null), new("a", 0, null), new("<|assistant|>", PromptSpan.Template, Id("<|assistant|>"))],
            PromptPieces.Of(chatGlm, prompt));
    }

    (RenderedPrompt, IReadOnlyList<PromptPiece>) Cut(ChatPrompt prompt)
    {
        RenderedPrompt rendered = PromptRenderer.Render(_tokenizer, prompt, DateTimeOffset.UnixEpoch);
        return (rendered, PromptPieces.Of(_tokenizer, rendered));
    }
}
