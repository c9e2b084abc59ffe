using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja;

/// <summary>
/// JSON as Python's <c>json.loads</c> reads it: ints and floats apart and ints exact, keys in order, the last of repeated keys
/// wins, lone surrogates kept. Everything read is marked with its author.
/// </summary>
internal static class JsonReading
{
    public static Value Read(JsonElement element, int author)
    {
        Budget.CheckStack();
        switch (element.ValueKind)
        {
            case JsonValueKind.Undefined or JsonValueKind.Null: return new NoneValue(author);
            case JsonValueKind.True or JsonValueKind.False: return new BoolValue(element.ValueKind == JsonValueKind.True, author);
            case JsonValueKind.String: return new StrValue(Text(JsonMarshal.GetRawUtf8Value(element)[1..^1]), author);
            case JsonValueKind.Number: return Number(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(element)), author);
            case JsonValueKind.Array: return new ListValue([.. element.EnumerateArray().Select(item => Read(item, author))], author);
            default:
                var dict = new DictValue(author);
                foreach (var property in element.EnumerateObject())
                    dict.Set(new StrValue(Name(property), author), Read(property.Value, author));
                return dict;
        }
    }

    /// <summary>A conversation: each message by its own author, the list around them by the template.</summary>
    public static Value ReadMessages(JsonElement messages) => messages.ValueKind != JsonValueKind.Array ? Read(messages, PromptSpan.Data)
        : new ListValue([.. messages.EnumerateArray().Select((message, index) => ReadMessage(message, index))]);

    /// <summary>
    /// A role is a word of the template's language and none of the message's text: <c>&lt;|{{ role }}|&gt;</c> must become the role's token, and no loss falls
    /// on <c>assistant</c>. Only a plain word counts, so that nothing else gets into the template's own text this way.
    /// </summary>
    static Value ReadMessage(JsonElement message, int index)
    {
        Value value = Read(message, index);
        if (value is DictValue fields && fields.Get("role") is StrValue { Units: { Length: > 0 and <= 32 } role } && role.All(unit => char.IsAsciiLetter(unit) || unit == '_'))
            fields.Set("role", new StrValue(role));
        return value;
    }

    public static string Name(JsonProperty property) => Text(JsonMarshal.GetRawUtf8PropertyName(property));

    static Value Number(string text, int author)
    {
        if (text.AsSpan().IndexOfAny(".eE") >= 0) return new FloatValue(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture), author);
        if (text.Length > IntValue.MaxDigits + 1) throw JinjaError.Value($"an integer of {text.Length} digits in the input; at most {IntValue.MaxDigits} are allowed");
        return new IntValue(BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), author);
    }

    /// <summary>Resolves escapes by hand: the JSON reader refuses lone surrogates, which Python keeps.</summary>
    static string Text(ReadOnlySpan<byte> raw)
    {
        string text = Encoding.UTF8.GetString(raw);
        int escape = text.IndexOf('\\');
        if (escape < 0) return text;
        var result = new StringBuilder(text.Length).Append(text, 0, escape);
        for (int i = escape; i < text.Length; i++)
        {
            if (text[i] != '\\') { result.Append(text[i]); continue; }
            char kind = text[++i];
            if (kind == 'u')
            {
                result.Append((char)ushort.Parse(text.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 4;
            }
            else result.Append(kind switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', _ => kind });
        }
        return result.ToString();
    }
}
