using Markdig;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Juxta.Web.Markdown;

/// <summary>
/// Formulas in TeX: <c>$…$</c> and <c>\(…\)</c> in a line, <c>$$…$$</c> and <c>\[…\]</c> by themselves. They become <c>code</c> elements of the class
/// <c>math</c> with the TeX as text, which the browser sets (answers.js) or, without KaTeX, shows as it is.
/// </summary>
internal sealed class Formulas : IMarkdownExtension
{
    /// <summary>Longer ones are ordinary text.</summary>
    const int Longest = 4_000;

    public void Setup(MarkdownPipelineBuilder pipeline)
    {
        pipeline.BlockParsers.Insert(0, new BlockReader());
        pipeline.InlineParsers.Insert(0, new InlineReader());
    }

    public void Setup(MarkdownPipeline pipeline, IMarkdownRenderer renderer)
    {
        if (renderer is not HtmlRenderer html) return;
        html.ObjectRenderers.Insert(0, new InlineWriter());
        html.ObjectRenderers.Insert(0, new BlockWriter());
    }

    sealed class Formula : LeafInline
    {
        public required string Tex { get; init; }

        public bool Display { get; init; }
    }

    sealed class FormulaBlock(BlockParser parser, string closer) : LeafBlock(parser)
    {
        public string Closer { get; } = closer;
    }

    sealed class InlineReader : InlineParser
    {
        public InlineReader() => OpeningCharacters = ['$', '\\'];

        public override bool Match(InlineProcessor processor, ref StringSlice slice)
        {
            (string opener, string closer) = (slice.CurrentChar, slice.PeekChar()) switch
            {
                ('$', '$') => ("$$", "$$"),
                ('$', _) => ("$", "$"),
                ('\\', '(') => (@"\(", @"\)"),
                ('\\', '[') => (@"\[", @"\]"),
                _ => ("", ""),
            };
            if (opener.Length == 0) return false;
            int start = slice.Start + opener.Length;
            ReadOnlySpan<char> rest = slice.Text.AsSpan(start, Math.Min(slice.End + 1 - start, Longest));
            int length = End(rest, closer);
            if (length <= 0 || rest[..length].IsWhiteSpace()) return false;
            // Money is not mathematics: no space inside the signs, no digit after them (pandoc's rule for $).
            if (opener == "$" && (char.IsWhiteSpace(rest[0]) || char.IsWhiteSpace(rest[length - 1]) || (length + 1 < rest.Length && char.IsAsciiDigit(rest[length + 1])))) return false;

            int at = processor.GetSourcePosition(slice.Start, out int line, out int column);
            processor.Inline = new Formula
            {
                Tex = rest[..length].Trim().ToString(),
                Display = opener is "$$" or @"\[",
                Line = line,
                Column = column,
                Span = new SourceSpan(at, at + opener.Length + length + closer.Length - 1),
            };
            slice.Start = start + length + closer.Length;
            return true;
        }

        /// <summary>Where the closer is that no backslash escapes; a single $ in between means that this one was no opener.</summary>
        static int End(ReadOnlySpan<char> rest, string closer)
        {
            for (int at = 0; at < rest.Length; at++)
            {
                if (rest[at..].StartsWith(closer, StringComparison.Ordinal)) return at;
                if (rest[at] == '\\') at++;
            }
            return -1;
        }
    }

    /// <summary>A formula over several lines. A blank line ends it, as in TeX, so that one which is never closed does not swallow the answer.</summary>
    sealed class BlockReader : BlockParser
    {
        public BlockReader() => OpeningCharacters = ['$', '\\'];

        public override BlockState TryOpen(BlockProcessor processor)
        {
            if (processor.IsCodeIndent) return BlockState.None;
            string closer = (processor.CurrentChar, processor.PeekChar(1)) switch
            {
                ('$', '$') => "$$",
                ('\\', '[') => @"\]",
                _ => "",
            };
            StringSlice line = processor.Line;
            if (closer.Length == 0 || line.AsSpan()[2..].Contains(closer, StringComparison.Ordinal)) return BlockState.None;
            var block = new FormulaBlock(this, closer) { Line = processor.LineIndex, Column = processor.Column, Span = new SourceSpan(line.Start, line.End) };
            line.Start += 2;
            block.AppendLine(ref line, processor.Column + 2, processor.LineIndex, line.Start, processor.TrackTrivia);
            processor.NewBlocks.Push(block);
            return BlockState.ContinueDiscard;
        }

        public override BlockState TryContinue(BlockProcessor processor, Block block)
        {
            if (processor.IsBlankLine) return BlockState.Break;
            var formula = (FormulaBlock)block;
            StringSlice line = processor.Line;
            block.UpdateSpanEnd(line.End);
            bool closes = line.AsSpan().Contains(formula.Closer, StringComparison.Ordinal);
            formula.AppendLine(ref line, processor.Column, processor.LineIndex, line.Start, processor.TrackTrivia);
            return closes ? BlockState.BreakDiscard : BlockState.ContinueDiscard;
        }
    }

    sealed class InlineWriter : HtmlObjectRenderer<Formula>
    {
        protected override void Write(HtmlRenderer renderer, Formula formula) =>
            renderer.Write(formula.Display ? "<code class=\"math display\">" : "<code class=\"math\">").WriteEscape(formula.Tex).Write("</code>");
    }

    sealed class BlockWriter : HtmlObjectRenderer<FormulaBlock>
    {
        protected override void Write(HtmlRenderer renderer, FormulaBlock block)
        {
            string text = block.Lines.ToString();
            int end = text.LastIndexOf(block.Closer, StringComparison.Ordinal);
            // Without its closer (yet) it is only text.
            renderer.Write(end < 0 ? "<p><code>" : "<p><code class=\"math display\">").WriteEscape((end < 0 ? text : text[..end]).Trim()).Write("</code>");
            if (end >= 0) renderer.WriteEscape(text[(end + 2)..].TrimEnd());
            renderer.WriteLine("</p>");
        }
    }
}
