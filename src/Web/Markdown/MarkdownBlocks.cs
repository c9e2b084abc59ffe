using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace Juxta.Web.Markdown;

/// <summary>
/// A text that grows, as the HTML of its top-level blocks. Blocks that the rest of the text cannot change any more are rendered once; only the open end is
/// rendered again. No end grows without bound: long lists are cut between items, other long blocks where a line ends, and code in fences is not rendered
/// until its fence closes (<see cref="OpenCode"/>). Where the cuts fall depends on the text alone and not on the portions it came in, so a text read at once
/// looks like one that was watched.
/// </summary>
public sealed class MarkdownBlocks
{
    /// <summary>Characters of a paragraph or table. Markdig's inline rules take the square of a hostile block's length: this many cost a tenth of a second at worst.</summary>
    internal const int LongestBlock = 8_000;

    /// <summary>Characters of a list item or quote, which hold blocks of their own.</summary>
    internal const int LongestContainer = 32_000;

    /// <summary>A list is cut before the first item that begins after so many characters.</summary>
    internal const int LongList = 2_000;

    const int LongLine = 1_000;

    /// <summary>Characters parsed at first: enough to cut a block that is too long.</summary>
    const int FirstWindow = LongestBlock + 2 * LongLine;

    /// <summary>Characters of link definitions (<c>[label]: address</c>) that count.</summary>
    const int MostDefinitions = 4_000;

    readonly List<string> _finished = [];
    readonly HashSet<string> _labels = new(StringComparer.OrdinalIgnoreCase);
    string _definitions = "";
    string _tableHead = "";
    int? _listNumber;
    int _start;

    /// <summary>HTML of the finished blocks; only ever added to, until the text ends.</summary>
    public IReadOnlyList<string> Finished => _finished;

    /// <summary>HTML of the open end; empty where there is none.</summary>
    public string Open { get; private set; } = "";

    /// <summary>The code whose closing fence is still to come, when the open end is that.</summary>
    public OpenCode? Code { get; private set; }

    /// <summary>Grows with each change.</summary>
    public int Version { get; private set; }

    /// <summary>A whole text at once.</summary>
    public static IReadOnlyList<string> Of(string text)
    {
        var blocks = new MarkdownBlocks();
        blocks.Update(start => text[start..], ended: true);
        return blocks.Finished;
    }

    /// <summary>Takes in how the text goes on.</summary>
    /// <param name="textFrom">All of the text from an index on.</param>
    /// <param name="ended">Nothing more will come.</param>
    public void Update(Func<int, string> textFrom, bool ended)
    {
        Version++;
        Grow(textFrom, ended);
        if (!ended || _definitions.Length == 0) return;
        // A link may stand before its definition: once more, with all definitions known.
        _finished.Clear();
        (_start, _tableHead, _listNumber) = (0, "", null);
        Grow(textFrom, ended);
    }

    void Grow(Func<int, string> textFrom, bool ended)
    {
        Open = "";
        while (true)
        {
            if (Code is { } code)
            {
                if (!code.Read(textFrom(_start + code.Length), ended)) return;
                Code = null;
                Finish(textFrom(_start)[..code.Length]);
                _start += code.Length;
            }
            string text = textFrom(_start);
            // Only as much is parsed as is needed to finish something: text of the kind that takes its square must not come in bulk.
            int done = 0;
            for (int window = FirstWindow; done == 0 && Code is null && text.Length > 0; window *= 4)
            {
                bool all = text.Length <= window;
                done = Advance(all ? text : text[..window], ended && all);
                if (all) break;
            }
            _start += done;
            if (done == 0 && Code is null) return;
        }
    }

    /// <summary>Finishes blocks at the beginning of a text, or makes it the open end.</summary>
    /// <returns>Characters that are finished.</returns>
    int Advance(string text, bool ended)
    {
        string before = _definitions + _tableHead;
        if (MarkdownText.TryParse(before + text) is not { } document) return AdvanceTooDeep(text, ended);

        Block[] blocks = [.. Shown(document)];
        for (int i = 0; i < blocks.Length; i++)
        {
            int start = i == 0 ? 0 : LineStart(text, blocks[i].Span.Start - before.Length);
            int end = i + 1 < blocks.Length ? LineStart(text, blocks[i + 1].Span.Start - before.Length) : text.Length;
            // Markdig makes a table of a paragraph's last lines; both are one block until it is over.
            bool closed = ended || (i + 1 < blocks.Length && HasBegun(text, end) && blocks[i + 1].Span.Start > blocks[i].Span.End);
            int? cut = Cut(text, blocks[i], start, end, before.Length);
            if (closed && cut is null)
            {
                Number(blocks[i]);
                _finished.Add(MarkdownText.Html(blocks[i], before + text));
                (_tableHead, _listNumber) = ("", null);
            }
            else if (i > 0)
            {
                Learn(document, before, text, start);
                return start;
            }
            else if (cut is int part)
            {
                FinishPart(blocks[0], text, part);
                return part;
            }
            else if (blocks[0] is FencedCodeBlock fenced && HasBegun(text, Math.Max(0, fenced.Span.Start - before.Length)))
            {
                Code = OpenCode.Begin(fenced, text);
                return 0;
            }
            else
            {
                Number(blocks[0]);
                Open = string.Concat(blocks.Select(block => MarkdownText.Html(block, before + text)));
                return 0;
            }
        }
        if (!ended) return 0;
        Learn(document, before, text, text.Length);
        return text.Length;
    }

    /// <summary>Markdig refuses text that nests quotes or lists beyond its limit: such a paragraph is shown as it is.</summary>
    int AdvanceTooDeep(string text, bool ended)
    {
        int blank = text.IndexOf("\n\n", StringComparison.Ordinal);
        int end = Math.Min(blank < 0 ? text.Length : blank + 2, LineCut(text, LongestBlock));
        if (end == text.Length && !ended && blank < 0)
        {
            Open = MarkdownText.Verbatim(text);
            return 0;
        }
        Finish(text[..end]);
        return end;
    }

    /// <summary>Where a block that is too long is to be cut: after so many characters of the text; null = nowhere.</summary>
    static int? Cut(string text, Block block, int start, int end, int before)
    {
        if (block is FencedCodeBlock || end - start <= LongList) return null;
        if (block is ListBlock list)
        {
            foreach (Block item in list.Skip(1))
            {
                int at = LineStart(text, item.Span.Start - before);
                if (at - start >= LongList && HasBegun(text, at)) return at;
            }
        }
        int limit = block is ContainerBlock and not Table ? LongestContainer : LongestBlock;
        return end - start > limit ? start + LineCut(text[start..end], limit) : null;
    }

    /// <summary>Finishes the beginning of a block that goes on in the next one: an ordered list goes on counting, a table repeats its head.</summary>
    void FinishPart(Block block, string text, int cut)
    {
        string head = _tableHead.Length > 0 || block is not Table ? _tableHead : FirstLines(text[LineStart(text, block.Span.Start - _definitions.Length)..], 2);
        int? next = null;
        Finish(text[..cut], part =>
        {
            Number(part);
            if (part is ListBlock { IsOrdered: true } list && int.TryParse(list.OrderedStart ?? "1", out int first)) next = first + list.Count;
        });
        (_tableHead, _listNumber) = (head, next);
    }

    void Finish(string text, Action<Block>? each = null)
    {
        string before = _definitions + _tableHead, source = before + text;
        if (MarkdownText.TryParse(source) is { } document)
        {
            Learn(document, before, text, text.Length);
            foreach (Block block in Shown(document))
            {
                each?.Invoke(block);
                _finished.Add(MarkdownText.Html(block, source));
            }
        }
        else
        {
            _finished.Add(MarkdownText.Verbatim(text));
        }
        (_tableHead, _listNumber) = ("", null);
    }

    void Number(Block block)
    {
        if (_listNumber is int number && block is ListBlock { IsOrdered: true } list) list.OrderedStart = number.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Keeps the link definitions of finished text; of several for one label the first counts.</summary>
    void Learn(MarkdownDocument document, string before, string text, int end)
    {
        foreach (LinkReferenceDefinition definition in document.Descendants<LinkReferenceDefinition>())
        {
            int start = definition.Span.Start - before.Length, length = definition.Span.Length;
            if (start < 0 || start + length > end || _definitions.Length + length > MostDefinitions || !_labels.Add(definition.Label ?? "")) continue;
            _definitions = $"{text.AsSpan(start, length)}\n\n{_definitions}";
        }
    }

    static IEnumerable<Block> Shown(MarkdownDocument document) => document.Where(block => block is not LinkReferenceDefinitionGroup);

    static int LineStart(string text, int at)
    {
        at = Math.Clamp(at, 0, text.Length);
        while (at > 0 && text[at - 1] is not ('\n' or '\r')) at--;
        return at;
    }

    /// <summary>Whether the line at an index is whole, or so long that it has shown what it is: half a line may still become something else.</summary>
    static bool HasBegun(string text, int at) => text.Length - at > LongLine || text.AsSpan(at).ContainsAny('\n', '\r');

    static string FirstLines(string text, int count)
    {
        int at = 0;
        for (int i = 0; i < count && at < text.Length; i++)
        {
            int end = text.AsSpan(at).IndexOfAny('\n', '\r');
            if (end < 0) return text + "\n";
            at += end + (text.AsSpan(at + end).StartsWith("\r\n") ? 2 : 1);
        }
        return text[..at];
    }

    /// <summary>The end of the last line that ends within so many characters; else of the last word; else so many characters, but no half one.</summary>
    static int LineCut(string text, int limit)
    {
        if (text.Length <= limit) return text.Length;
        ReadOnlySpan<char> part = text.AsSpan(0, limit);
        int cut = part.LastIndexOfAny('\n', '\r');
        if (cut < 0) cut = part.LastIndexOf(' ');
        if (cut >= 0) return cut + 1;
        return char.IsHighSurrogate(part[^1]) ? limit - 1 : limit;
    }
}
