using System.Text;
using Juxta.Engine.Generation;
using Juxta.Engine.Tokenization;
using Juxta.Web.Chat.Messages;
using Juxta.Workbench.Generation;

namespace Juxta.WebTests.Chat;

public sealed class TokenSpanTests
{
    /// <summary>A byte-level vocabulary: ids 0–255 are the bytes, 256 is " ball", 257 is a special token.</summary>
    static readonly Tokenizer Bytes = ByteLevel();

    [Fact]
    public void A_character_of_several_tokens_shows_with_the_one_that_completes_it()
    {
        TokenSpan[] spans = [.. TokenSpan.Of([Made([.. "a😀é"u8.ToArray().Select(value => (int)value)])], Bytes)];
        Assert.Equal(["a", "", "", "", "😀", "", "é"], spans.Select(span => span.Text));
        Assert.Equal([null, "F0", "9F", "98", "80", "C3", "A9"], spans.Select(span => span.Bytes));
        Assert.Equal(["a", "F0", "9F", "98", "😀", "C3", "é"], spans.Select(span => span.Visible));
    }

    [Fact]
    public void Bytes_that_are_no_character_are_written_out()
    {
        TokenSpan[] spans = [.. TokenSpan.Of([Made([0xFF, 'b', 0xF0, 'c'])], Bytes)];
        Assert.Equal(["⟨FF⟩", "b", "", "⟨F0⟩c"], spans.Select(span => span.Text));
    }

    [Fact]
    public void Special_tokens_white_space_and_what_hides_can_be_seen()
    {
        TokenSpan[] spans = [.. TokenSpan.Of([Made([256, ' ', '\n', '\t', 0xE2, 0x80, 0xAE, 257])], Bytes)];
        Assert.Equal([" ball", "␣", "↵", "⇥", "E2", "80", "⟨U+202E⟩", "<|end|>"], spans.Select(span => span.Visible));
        Assert.True(spans[^1].Special);
        Assert.EndsWith("</span>\n", spans[2].Html(2), StringComparison.Ordinal);
    }

    [Fact]
    public void No_token_is_markup() =>
        Assert.Equal("<span data-token=\"0\" class=\"p4\">&lt;</span>", TokenSpan.Of([Made(['<'], logProb: -5)], Bytes)[0].Html(0));

    [Theory]
    [InlineData(0f, 0)]
    [InlineData(-0.5f, 1)]
    [InlineData(-1f, 2)]
    [InlineData(-2f, 3)]
    [InlineData(float.NegativeInfinity, 4)]
    public void A_shade_says_how_likely_a_token_was(float logProb, int shade) => Assert.Equal(shade, TokenSpan.Of([Made(['a'], logProb)], Bytes)[0].Shade);

    /// <summary>The parts of a continued answer are one row of tokens: without the one that had ended it, and without its text over again.</summary>
    [Fact]
    public void A_continued_answer_has_the_tokens_of_all_its_parts()
    {
        GenerationRecord first = Made(['a', 'b', 257], outcome: Outcome.Eos(257), given: "Say: ");
        GenerationRecord second = Made(['c', 257], outcome: Outcome.Eos(257), given: "Say: ab");
        TokenSpan[] spans = [.. TokenSpan.Of([first, second], Bytes)];
        Assert.Equal(["Say: ", "a", "b", "c", "<|end|>"], spans.Select(span => span.Text));
        Assert.Null(spans[0].Token);
    }

    [Fact]
    public void Without_a_tokenizer_tokens_show_what_became_visible_with_them() =>
        Assert.Equal(["text of 97"], TokenSpan.Of([Made(['a'])], null).Select(span => span.Visible));

    static GenerationRecord Made(int[] ids, float? logProb = null, Outcome? outcome = null, string? given = null)
    {
        List<GeneratedToken> tokens = [];
        if (given is not null) tokens.Add(new GeneratedToken { Text = given });
        tokens.AddRange(ids.Select((id, i) => new GeneratedToken { Id = id, Text = $"text of {id}", LogProb = logProb, Outcome = i + 1 == ids.Length ? outcome : null }));
        if (outcome is null) tokens.Add(new GeneratedToken { Outcome = Outcome.Length });
        return new GenerationRecord
        {
            Id = Guid.NewGuid(),
            Value = new GenerationValue(new GenerationSpec { Model = "bytes", Request = new GenerationRequest { PromptIds = [0] } }, "", [], ""),
            Created = default,
            Steps = [.. tokens.Select((token, index) => new GenerationStep(index, token, TimeSpan.Zero))],
        };
    }

    static Tokenizer ByteLevel()
    {
        // GPT-2's letters for bytes: the printable ones are themselves, the others follow from U+0100 on.
        var letters = new char[256];
        int next = 0x100;
        for (int value = 0; value < 256; value++) letters[value] = value is (>= 0x21 and <= 0x7E) or (>= 0xA1 and <= 0xAC) or >= 0xAE ? (char)value : (char)next++;
        var vocabulary = letters.Select((letter, id) => (letter.ToString(), id)).Append(("\u0120ball", 256)).ToDictionary(pair => pair.Item1, pair => pair.Item2);
        string json = System.Text.Json.JsonSerializer.Serialize(new
        {
            version = "1.0",
            added_tokens = new[] { new { id = 257, content = "<|end|>", single_word = false, lstrip = false, rstrip = false, normalized = false, special = true } },
            pre_tokenizer = new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = true },
            decoder = new { type = "ByteLevel", add_prefix_space = true, trim_offsets = true, use_regex = true },
            model = new { type = "BPE", vocab = vocabulary, merges = Array.Empty<string>() },
        });
        return Tokenizer.Parse(Encoding.UTF8.GetBytes(json));
    }
}
