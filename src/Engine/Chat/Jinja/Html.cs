using System.Net;
using System.Text;
using Juxta.Engine.Chat.Jinja.Strings;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja;

/// <summary>markupsafe's escaping. Chat templates render plain text, so it only acts where a template asks for it.</summary>
internal static class Html
{
    /// <summary>The value as markup: text is escaped unless it already is markup.</summary>
    public static StrValue Escape(Machine machine, Value value)
    {
        if (value is StrValue { IsMarkup: true } markup) return markup;
        var text = value.ToText(machine);
        if (text.Units.AsSpan().IndexOfAny("&<>'\"") < 0) return text.WithMarkup(true);
        var builder = new TextBuilder(machine.Budget);
        int plain = 0;
        for (int i = 0; i < text.UnitLength; i++)
        {
            string? entity = text.Units[i] switch { '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", '\'' => "&#39;", '"' => "&#34;", _ => null };
            if (entity is null) continue;
            builder.Append(text, plain, i - plain);
            builder.Append(entity, text.AuthorAt(i));
            plain = i + 1;
        }
        builder.Append(text, plain, text.UnitLength - plain);
        return builder.ToValue(markup: true);
    }

    /// <summary>Without comments and tags, whitespace collapsed, entities resolved.</summary>
    public static StrValue StripTags(Machine machine, StrValue text)
    {
        text = Remove(machine, text, "<!--", "-->");
        text = Remove(machine, text, "<", ">");
        var words = (ListValue)StringMethods.Call(machine, text.WithMarkup(false), "split");
        return Unescape(machine, StringMethods.Join(machine, new StrValue(" ", text.Author), words));
    }

    static StrValue Remove(Machine machine, StrValue text, string open, string close)
    {
        var builder = new TextBuilder(machine.Budget);
        int position = 0;
        while (true)
        {
            int start = text.Units.IndexOf(open, position, StringComparison.Ordinal);
            int end = start < 0 ? -1 : text.Units.IndexOf(close, start + open.Length, StringComparison.Ordinal);
            if (end < 0) break;
            builder.Append(text, position, start - position);
            position = end + close.Length;
        }
        builder.Append(text, position, text.UnitLength - position);
        return builder.ToValue();
    }

    public static StrValue Unescape(Machine machine, StrValue text)
    {
        var builder = new TextBuilder(machine.Budget);
        int position = 0;
        for (int start = text.Units.IndexOf('&'); start >= 0; start = start + 1 < text.UnitLength ? text.Units.IndexOf('&', start + 1) : -1)
        {
            int end = text.Units.IndexOf(';', start);
            if (end < 0 || end - start > 32) continue;
            string entity = text.Units[start..(end + 1)], decoded = WebUtility.HtmlDecode(entity);
            if (decoded == entity) continue;
            builder.Append(text, position, start - position);
            builder.Append(decoded, text.AuthorAt(start));
            position = end + 1;
            start = end;
        }
        builder.Append(text, position, text.UnitLength - position);
        return builder.ToValue();
    }

    /// <summary>Percent-encodes UTF-8 bytes; in a query string a space becomes a plus and a slash is encoded too.</summary>
    public static StrValue UrlQuote(Machine machine, Value value, bool forQuery)
    {
        var text = value.ToText(machine);
        var builder = new TextBuilder(machine.Budget);
        Span<byte> bytes = stackalloc byte[4];
        for (int i = 0; i < text.UnitLength;)
        {
            int point = CodePoints.At(text.Units, i), author = text.AuthorAt(i);
            if (point < 128 && (char.IsAsciiLetterOrDigit((char)point) || point is '_' or '.' or '-' or '~' || (point == '/' && !forQuery))) builder.Append((char)point, author);
            else if (point == ' ' && forQuery) builder.Append('+', author);
            else if (!Rune.IsValid(point)) throw new JinjaError(ErrorKind.Unicode, "'utf-8' codec can't encode a lone surrogate");
            else
                foreach (byte b in bytes[..new Rune(point).EncodeToUtf8(bytes)]) builder.Append($"%{b:X2}", author);
            i += CodePoints.UnitsAt(text.Units, i);
        }
        return builder.ToValue();
    }
}
