using Juxta.Engine.Chat.Jinja.Formatting;
using Juxta.Engine.Chat.Jinja.Strings;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Filters;

internal delegate Value Filter(Machine machine, Value value, Arguments arguments);

/// <summary>Every filter by name.</summary>
internal static class FilterTable
{
    static readonly Dictionary<string, Filter> Filters = new()
    {
        ["abs"] = NumberFilters.Abs,
        ["attr"] = ValueFilters.Attribute,
        ["batch"] = SequenceFilters.Batch,
        ["capitalize"] = Text("capitalize", Casing.Capitalize),
        ["center"] = TextFilters.Center,
        ["count"] = ValueFilters.Length,
        ["d"] = ValueFilters.Default,
        ["default"] = ValueFilters.Default,
        ["dictsort"] = SequenceFilters.DictSort,
        ["e"] = ValueFilters.Escape,
        ["escape"] = ValueFilters.Escape,
        ["filesizeformat"] = NumberFilters.FileSize,
        ["first"] = SequenceFilters.First,
        ["float"] = NumberFilters.Float,
        ["forceescape"] = (m, v, a) => { a.BindPositional("forceescape", 0, 0); return Html.Escape(m, v.ToText(m)); },
        ["format"] = TextFilters.Format,
        ["groupby"] = SequenceFilters.GroupBy,
        ["indent"] = TextFilters.Indent,
        ["int"] = NumberFilters.Int,
        ["items"] = SequenceFilters.Items,
        ["join"] = TextFilters.Join,
        ["last"] = SequenceFilters.Last,
        ["length"] = ValueFilters.Length,
        ["list"] = (m, v, a) => { a.BindPositional("list", 0, 0); return new ListValue(SequenceFilters.ToList(m, v)); },
        ["lower"] = Text("lower", Casing.Lower),
        ["map"] = SelectFilters.Map,
        ["max"] = SequenceFilters.Max,
        ["min"] = SequenceFilters.Min,
        ["pprint"] = (m, v, a) => { a.BindPositional("pprint", 0, 0); return PrettyPrint.Write(m, v); },
        ["random"] = (_, _, _) => throw new JinjaError(ErrorKind.Unsupported, "the filter 'random': a prompt must come out the same every time"),
        ["reject"] = (m, v, a) => SelectFilters.Select(m, v, a, keep: false, byAttribute: false),
        ["rejectattr"] = (m, v, a) => SelectFilters.Select(m, v, a, keep: false, byAttribute: true),
        ["replace"] = TextFilters.Replace,
        ["reverse"] = SequenceFilters.Reverse,
        ["round"] = NumberFilters.Round,
        ["safe"] = (m, v, a) => { a.BindPositional("safe", 0, 0); return v.ToText(m).WithMarkup(true); },
        ["select"] = (m, v, a) => SelectFilters.Select(m, v, a, keep: true, byAttribute: false),
        ["selectattr"] = (m, v, a) => SelectFilters.Select(m, v, a, keep: true, byAttribute: true),
        ["slice"] = SequenceFilters.Slice,
        ["sort"] = SequenceFilters.Sort,
        ["string"] = (m, v, a) => { a.BindPositional("string", 0, 0); return TextFilters.Soft(m, v); },
        ["striptags"] = (m, v, a) => { a.BindPositional("striptags", 0, 0); return Html.StripTags(m, v.ToText(m)); },
        ["sum"] = NumberFilters.Sum,
        ["title"] = Text("title", TextFilters.Title),
        ["tojson"] = (m, v, a) => JsonText.Write(m, v, a.Bind("tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys")),
        ["trim"] = (m, v, a) => StringMethods.Strip(m, TextFilters.Soft(m, v), new Arguments(a.Bind("trim", 0, "chars")[0] ?? NoneValue.None), "strip", left: true, right: true),
        ["truncate"] = TextFilters.Truncate,
        ["unique"] = SequenceFilters.Unique,
        ["upper"] = Text("upper", Casing.Upper),
        ["urlencode"] = ValueFilters.UrlEncode,
        ["urlize"] = (_, _, _) => throw new JinjaError(ErrorKind.Unsupported, "the filter 'urlize', which makes HTML"),
        ["wordcount"] = TextFilters.WordCount,
        ["wordwrap"] = WordWrap.Filter,
        ["xmlattr"] = ValueFilters.XmlAttributes,
    };

    public static Filter? Find(string name) => Filters.GetValueOrDefault(name);

    static Filter Text(string name, Func<Machine, StrValue, StrValue> map) => (machine, value, arguments) =>
    {
        arguments.BindPositional(name, 0, 0);
        return map(machine, TextFilters.Soft(machine, value));
    };
}
