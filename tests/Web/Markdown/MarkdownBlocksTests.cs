using System.Globalization;
using System.Text;
using Juxta.Web.Markdown;

namespace Juxta.WebTests.Markdown;

public sealed class MarkdownBlocksTests
{
    /// <summary>Pieces that answers are made of, hostile and half ones included.</summary>
    static readonly string[] Pieces =
    [
        "A paragraph with **bold** and `code`.", "\n", "\n\n", "\r\n", "\r\n\r\n", "# Heading\n", "Title\n---\n", "Title\n===\n", "***\n", "- item\n", "- item\n\n", "  - inner\n", "    indented\n",
        "1. one\n", "2. two\n", "7) seven\n\n", "> quote\n", "lazy\n", "```python\n", "```\n", "````\n", "~~~\n", "  ```c\n  x = 1;\n  ```\n", "\tcode\n", "print('x')\n", "| a | b |\n", "|---|:-:|\n", "| 1 | 2 |\n",
        "[label]: https://example.org/a\n", "[label]", "[other][label]", "[other]: <https://example.org/b> \"title\"\n", "[later]", "[later]: https://example.org/c\n", "https://example.org/x ", "![alt](https://example.org/i.png)",
        "$x^2$", "$", "$$", "$$\n", "\\[\n", "\\]\n", "\\(y\\)", "\\(",
        "**open", "`open", "[open](", "你好,世界。", "😀", "a", " ", "  ", "*", "_", "|", "<b>", "&amp;", "\\", "-", "+", "=",
    ];

    [Fact]
    public void However_a_text_arrives_it_looks_the_same()
    {
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            Assert.True(Whole(text) == Grown(text, random), $"seed {seed}:\n{text}\n--- whole\n{Whole(text)}\n--- grown\n{Grown(text, new Random(seed))}");
        }
    }

    /// <summary>Blocks apart are blocks together: what Markdig makes of the whole document, but for links to later definitions in cut blocks.</summary>
    [Fact]
    public void Blocks_together_are_the_document()
    {
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            string document = string.Concat(MarkdownText.TryParse(text)!.Where(block => block is not Markdig.Syntax.LinkReferenceDefinitionGroup).Select(block => MarkdownText.Html(block, text)));
            string blocks = string.Concat(MarkdownBlocks.Of(text));
            Assert.True(document == blocks, $"seed {seed}:\n{text}\n--- document\n{document}\n--- blocks\n{blocks}");
        }
    }

    [Theory]
    [InlineData("paragraph")]
    [InlineData("words")]
    [InlineData("letters")]
    [InlineData("list")]
    [InlineData("numbers")]
    [InlineData("item")]
    [InlineData("quote")]
    [InlineData("table")]
    [InlineData("code")]
    [InlineData("line of code")]
    [InlineData("brackets")]
    [InlineData("quotes in quotes")]
    public void A_long_block_keeps_its_open_end_short_and_looks_the_same_however_it_arrives(string kind)
    {
        string text = "Before.\n\n" + Long(kind) + "\n\nAfter.";
        var blocks = new MarkdownBlocks();
        int longest = 0;
        for (int length = 0; length < text.Length; length += 997)
        {
            int end = length;
            blocks.Update(start => text[start..end], ended: false);
            longest = Math.Max(longest, Math.Max(blocks.Open.Length, blocks.Code?.Last.Length ?? 0));
        }
        blocks.Update(start => text[start..], ended: true);
        Assert.InRange(longest, 1, 4 * MarkdownBlocks.LongestContainer);
        Assert.Equal(Whole(text), string.Join("\n§\n", blocks.Finished));
        Assert.Equal("<p>After.</p>", blocks.Finished[^1].Trim());
        Assert.Equal("", blocks.Open);
        Assert.Null(blocks.Code);
    }

    [Fact]
    public void A_finished_block_is_rendered_once()
    {
        var blocks = new MarkdownBlocks();
        string text = "One.\n\nTwo.\n\n```\ncode\n```\n\nThree";
        blocks.Update(start => text[start..], ended: false);
        string[] finished = [.. blocks.Finished];
        Assert.Equal(3, finished.Length);
        Assert.Contains("Three", blocks.Open, StringComparison.Ordinal);
        blocks.Update(start => (text + " more.\n\nFour\n")[start..], ended: false);
        for (int i = 0; i < finished.Length; i++) Assert.Same(finished[i], blocks.Finished[i]);
        Assert.Equal(4, blocks.Finished.Count);
    }

    [Fact]
    public void Code_shows_line_by_line_before_its_fence_closes()
    {
        var blocks = new MarkdownBlocks();
        string text = "Look:\n\n ```python\n x = 1\n   y";
        blocks.Update(start => text[start..], ended: false);
        Assert.Equal("python", blocks.Code!.Language);
        Assert.Equal("x = 1\n   y", string.Concat(blocks.Code.Pieces) + blocks.Code.Last);
        text += " = 2\n````\nAfter";
        blocks.Update(start => text[start..], ended: false);
        Assert.Null(blocks.Code);
        Assert.Contains("x = 1\n  y = 2", blocks.Finished[^1], StringComparison.Ordinal);
        Assert.Contains("After", blocks.Open, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_list_goes_on_counting_and_a_long_table_repeats_its_head()
    {
        string[] lists = [.. MarkdownBlocks.Of(Long("numbers"))];
        Assert.True(lists.Length > 2);
        Assert.DoesNotContain("start", lists[0], StringComparison.Ordinal);
        int first = lists[0].Split("<li>").Length;
        Assert.Contains($"<ol start=\"{first.ToString(CultureInfo.InvariantCulture)}\">", lists[1], StringComparison.Ordinal);

        string[] tables = [.. MarkdownBlocks.Of(Long("table"))];
        Assert.True(tables.Length > 2);
        Assert.All(tables, table => Assert.Contains("<th>name</th>", table, StringComparison.Ordinal));
    }

    [Fact]
    public void A_link_may_stand_before_its_definition()
    {
        const string Text = "See [the page][1].\n\nMore.\n\n[1]: https://example.org/page";
        Assert.Equal(Whole(Text), Grown(Text, new Random(1)));
        Assert.Contains("href=\"https://example.org/page\"", Whole(Text), StringComparison.Ordinal);
    }

    static string Long(string kind)
    {
        var text = new StringBuilder();
        for (int i = 0; text.Length < 100_000; i++)
        {
            text.Append(kind switch
            {
                "paragraph" => $"Line {i} of a very long paragraph with *some* marks.\n",
                "words" => $"word{i} ",
                "letters" => "\ud83d\ude00x",
                "list" => $"- item {i} is **here**\n",
                "numbers" => $"1. item {i} is **here**\n",
                "item" => i == 0 ? "- an item\n" : $"  of very many lines {i}\n",
                "quote" => $"> quoted line {i}\n",
                "table" => i == 0 ? "| name | value |\n|---|---|\n" : $"| name {i} | {i * i} |\n",
                "code" => i == 0 ? "```python\n" : $"    print({i})\n",
                "line of code" => i == 0 ? "```\n" : $"f({i});",
                "brackets" => "[",
                _ => "> ",
            });
        }
        if (kind.Contains("code", StringComparison.Ordinal)) text.Append("\n```");
        return text.ToString();
    }

    static string Whole(string text) => string.Join("\n§\n", MarkdownBlocks.Of(text));

    static string Grown(string text, Random random)
    {
        var blocks = new MarkdownBlocks();
        for (int length = 0; length < text.Length; length += random.Next(1, 30))
        {
            int end = length;
            blocks.Update(start => text[start..end], ended: false);
        }
        blocks.Update(start => text[start..], ended: true);
        return string.Join("\n§\n", blocks.Finished);
    }
}
