using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Strings;

/// <summary>The methods of Python's <c>str</c> that fill up with spaces, zeros or another character.</summary>
internal static class Padding
{
    public static StrValue Pad(Machine machine, StrValue self, Arguments arguments, string name, Func<int, int, (int Left, int Right)> sides)
    {
        var values = arguments.BindPositional(name, 1, 2);
        int width = Numbers.ToInt32(values[0]!, "width");
        StrValue? fill = values[1] is null ? null : values[1] as StrValue is { Count: 1 } one ? one : throw JinjaError.Type("The fill character must be exactly one character long");
        int missing = width - self.Count;
        if (missing <= 0) return self;
        var (left, right) = sides(missing, width);
        var builder = new TextBuilder(machine.Budget);
        Fill(left);
        builder.Append(self);
        Fill(right);
        return builder.ToValue(self.IsMarkup);

        void Fill(int count)
        {
            if (fill is { UnitLength: > 1 })
                for (int i = 0; i < count; i++) builder.Append(fill);
            else builder.Append(fill?.Units[0] ?? ' ', count, fill?.Author ?? PromptSpan.Template);
        }
    }

    public static StrValue ZeroFill(Machine machine, StrValue self, Arguments arguments)
    {
        int missing = Numbers.ToInt32(arguments.BindPositional("zfill", 1, 1)[0]!, "width") - self.Count;
        if (missing <= 0) return self;
        int sign = self.UnitLength > 0 && self.Units[0] is '+' or '-' ? 1 : 0;
        var builder = new TextBuilder(machine.Budget);
        builder.Append(self, 0, sign);
        builder.Append('0', missing, PromptSpan.Template);
        builder.Append(self, sign, self.UnitLength - sign);
        return builder.ToValue(self.IsMarkup);
    }

    public static StrValue ExpandTabs(Machine machine, StrValue self, Arguments arguments)
    {
        int size = arguments.Bind("expandtabs", 0, "tabsize")[0] is { } given ? Numbers.ToInt32(given, "tabsize") : 8;
        var builder = new TextBuilder(machine.Budget);
        int column = 0;
        for (int i = 0; i < self.UnitLength;)
        {
            int width = CodePoints.UnitsAt(self.Units, i);
            if (self.Units[i] == '\t')
            {
                int spaces = size > 0 ? size - (column % size) : 0;
                builder.Append(' ', spaces, self.AuthorAt(i));
                column += spaces;
            }
            else
            {
                builder.Append(self, i, width);
                column = self.Units[i] is '\n' or '\r' ? 0 : column + 1;
            }
            i += width;
        }
        return builder.ToValue(self.IsMarkup);
    }
}
