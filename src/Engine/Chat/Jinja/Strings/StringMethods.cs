using System.Text;
using Juxta.Engine.Chat.Jinja.Formatting;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja.Strings;

/// <summary>The methods of Python's <c>str</c>. Each character of a result keeps the author it had.</summary>
internal static class StringMethods
{
    delegate Value Method(Machine machine, StrValue self, Arguments arguments);

    static readonly Dictionary<string, Method> Table = new()
    {
        ["lower"] = NoArguments("lower", (m, s) => Casing.Lower(m, s)),
        ["upper"] = NoArguments("upper", (m, s) => Casing.Upper(m, s)),
        ["title"] = NoArguments("title", (m, s) => Casing.Title(m, s)),
        ["capitalize"] = NoArguments("capitalize", (m, s) => Casing.Capitalize(m, s)),
        ["swapcase"] = NoArguments("swapcase", (m, s) => Casing.Swap(m, s)),
        ["casefold"] = NoArguments("casefold", (m, s) => Casing.Fold(m, s)),
        ["strip"] = (m, s, a) => Strip(m, s, a, "strip", left: true, right: true),
        ["lstrip"] = (m, s, a) => Strip(m, s, a, "lstrip", left: true, right: false),
        ["rstrip"] = (m, s, a) => Strip(m, s, a, "rstrip", left: false, right: true),
        ["split"] = (m, s, a) => Splitting.Split(m, s, a, fromRight: false),
        ["rsplit"] = (m, s, a) => Splitting.Split(m, s, a, fromRight: true),
        ["splitlines"] = (m, s, a) => new ListValue([.. Splitting.Lines(m, s, a.Bind("splitlines", 0, "keepends")[0]?.IsTrue ?? false)]),
        ["partition"] = (m, s, a) => Splitting.Partition(m, s, a, last: false),
        ["rpartition"] = (m, s, a) => Splitting.Partition(m, s, a, last: true),
        ["replace"] = Replace,
        ["join"] = (m, s, a) => Join(m, s, a.BindPositional("join", 1, 1)[0]!),
        ["startswith"] = (m, s, a) => Affix(s, a, "startswith"),
        ["endswith"] = (m, s, a) => Affix(s, a, "endswith"),
        ["find"] = (_, s, a) => new IntValue(Find(s, a, "find", last: false)),
        ["rfind"] = (_, s, a) => new IntValue(Find(s, a, "rfind", last: true)),
        ["index"] = (_, s, a) => Index(s, a, "index", last: false),
        ["rindex"] = (_, s, a) => Index(s, a, "rindex", last: true),
        ["count"] = Count,
        ["removeprefix"] = (m, s, a) => Text("removeprefix", a) is var p && p.UnitLength > 0 && s.Units.StartsWith(p.Units, StringComparison.Ordinal) ? s.Substring(m.Budget, p.UnitLength, s.UnitLength) : s,
        ["removesuffix"] = (m, s, a) => Text("removesuffix", a) is var p && p.UnitLength > 0 && s.Units.EndsWith(p.Units, StringComparison.Ordinal) ? s.Substring(m.Budget, 0, s.UnitLength - p.UnitLength) : s,
        ["ljust"] = (m, s, a) => Padding.Pad(m, s, a, "ljust", (total, _) => (0, total)),
        ["rjust"] = (m, s, a) => Padding.Pad(m, s, a, "rjust", (total, _) => (total, 0)),
        ["center"] = (m, s, a) => Padding.Pad(m, s, a, "center", (total, width) => ((total / 2) + (total & width & 1), total - (total / 2) - (total & width & 1))),
        ["zfill"] = Padding.ZeroFill,
        ["expandtabs"] = Padding.ExpandTabs,
        ["format"] = (m, s, a) => StrFormat.Format(m, s, a),
        ["format_map"] = (m, s, a) => StrFormat.FormatMap(m, s, a),
        ["encode"] = Encode,
        ["translate"] = Translate,
        ["isalpha"] = All("isalpha", CodePoints.IsAlpha),
        ["isdigit"] = All("isdigit", CodePoints.IsDigit),
        ["isdecimal"] = All("isdecimal", CodePoints.IsDecimal),
        ["isnumeric"] = All("isnumeric", CodePoints.IsNumeric),
        ["isalnum"] = All("isalnum", CodePoints.IsAlphanumeric),
        ["isspace"] = All("isspace", point => point < 0x10000 && CodePoints.IsSpace((char)point)),
        ["isprintable"] = NoArguments("isprintable", (_, s) => BoolValue.Of(CodePoints.Of(s.Units).All(CodePoints.IsPrintable))),
        ["isascii"] = NoArguments("isascii", (_, s) => BoolValue.Of(Ascii.IsValid(s.Units))),
        ["isidentifier"] = NoArguments("isidentifier", (_, s) => BoolValue.Of(CodePoints.IsIdentifier(s.Units))),
        ["islower"] = NoArguments("islower", (_, s) => BoolValue.Of(Casing.IsLower(s.Units))),
        ["isupper"] = NoArguments("isupper", (_, s) => BoolValue.Of(Casing.IsUpper(s.Units))),
        ["istitle"] = NoArguments("istitle", (_, s) => BoolValue.Of(Casing.IsTitle(s.Units))),
        ["striptags"] = (m, s, a) => Html.StripTags(m, s),
        ["unescape"] = (m, s, a) => Html.Unescape(m, s),
    };

    public static Value? Find(StrValue self, string name) =>
        Table.TryGetValue(name, out var method) && (self.IsMarkup || name is not ("striptags" or "unescape")) ? new FunctionValue(name, (machine, arguments) => method(machine, self, arguments)) : null;

    /// <summary>Calls a method by name, as filters do that are one.</summary>
    public static Value Call(Machine machine, StrValue self, string name, params ReadOnlySpan<Value> arguments) => Table[name](machine, self, new Arguments(arguments));

    static Method NoArguments(string name, Func<Machine, StrValue, Value> body) => (machine, self, arguments) =>
    {
        arguments.BindPositional(name, 0, 0);
        return body(machine, self);
    };

    static Method All(string name, Predicate<int> test) => NoArguments(name, (_, self) => BoolValue.Of(self.UnitLength > 0 && CodePoints.Of(self.Units).All(point => test(point))));

    static StrValue Text(string name, Arguments arguments) => arguments.BindPositional(name, 1, 1)[0] as StrValue
        ?? throw JinjaError.Type($"{name}() argument must be str, not {arguments.Positional[0].TypeName}");

    public static StrValue Strip(Machine machine, StrValue self, Arguments arguments, string name, bool left, bool right)
    {
        var chars = arguments.BindPositional(name, 0, 1)[0];
        if (chars is not (null or NoneValue or StrValue)) throw JinjaError.Type($"{name} arg must be None or str");
        string units = self.Units;
        int start = 0, end = units.Length;
        if (chars is StrValue set)
        {
            var points = CodePoints.Of(set.Units).ToHashSet();
            while (left && start < end && points.Contains(CodePoints.At(units, start))) start += CodePoints.UnitsAt(units, start);
            while (right && end > start && LastPoint(units, start, end) is var (point, width) && points.Contains(point)) end -= width;
        }
        else
        {
            while (left && start < end && CodePoints.IsSpace(units[start])) start++;
            while (right && end > start && CodePoints.IsSpace(units[end - 1])) end--;
        }
        return self.Substring(machine.Budget, start, end);
    }

    static (int Point, int Width) LastPoint(string units, int start, int end) =>
        end - 2 >= start && char.IsSurrogatePair(units[end - 2], units[end - 1]) ? (char.ConvertToUtf32(units[end - 2], units[end - 1]), 2) : (units[end - 1], 1);

    static StrValue Replace(Machine machine, StrValue self, Arguments arguments)
    {
        var values = arguments.BindPositional("replace", 2, 3);
        if (values[0] is not StrValue old) throw JinjaError.Type($"replace() argument 1 must be str, not {values[0]!.TypeName}");
        if (values[1] is not StrValue replacement) throw JinjaError.Type($"replace() argument 2 must be str, not {values[1]!.TypeName}");
        return Replace(machine, self, old, replacement, values[2] is { } count ? Numbers.ToInt32(count, "count") : -1);
    }

    public static StrValue Replace(Machine machine, StrValue self, StrValue old, StrValue replacement, int count)
    {
        if (self.IsMarkup) replacement = Html.Escape(machine, replacement);
        if (count < 0) count = int.MaxValue;
        string units = self.Units;
        int position = 0, found = old.UnitLength == 0 ? 0 : units.IndexOf(old.Units, StringComparison.Ordinal);
        if (found < 0 || count == 0) return self;
        var builder = new TextBuilder(machine.Budget);
        for (; count > 0 && found >= 0; count--)
        {
            machine.Budget.Step();
            builder.Append(self, position, found - position);
            builder.Append(replacement);
            position = found + old.UnitLength;
            if (old.UnitLength > 0) found = units.IndexOf(old.Units, position, StringComparison.Ordinal);
            else found = found < units.Length ? found + CodePoints.UnitsAt(units, found) : -1;
        }
        builder.Append(self, position, units.Length - position);
        return builder.ToValue(self.IsMarkup);
    }

    /// <summary><c>separator.join(items)</c>: every item must be a string.</summary>
    public static StrValue Join(Machine machine, StrValue separator, Value items)
    {
        if (!items.IsIterable) throw JinjaError.Type("can only join an iterable");
        var builder = new TextBuilder(machine.Budget);
        int index = 0;
        foreach (var item in items.Iterate(machine))
        {
            machine.Budget.Step();
            if (item is not StrValue text)
            {
                if (!separator.IsMarkup) throw JinjaError.Type($"sequence item {index}: expected str instance, {item.TypeName} found");
                text = Html.Escape(machine, item);
            }
            if (index++ > 0) builder.Append(separator);
            builder.Append(separator.IsMarkup ? Html.Escape(machine, text) : text);
        }
        return builder.ToValue(separator.IsMarkup);
    }

    /// <summary>The units between two optional character bounds; null when the start lies behind the end.</summary>
    static (int Start, int End)? Window(StrValue self, Value? start, Value? end)
    {
        int count = self.Count;
        var slice = Slice.Resolve(start, end, null, count);
        if (start is not null and not NoneValue && Numbers.TryIndex(start, out var given) && given > count) return null;
        return slice.Start > slice.Stop ? null : (self.UnitOf(slice.Start), self.UnitOf(slice.Stop));
    }

    static BoolValue Affix(StrValue self, Arguments arguments, string name)
    {
        var values = arguments.BindPositional(name, 1, 3);
        var window = Window(self, values[1], values[2]);
        List<Value> affixes = values[0] is TupleValue tuple ? tuple.Items : [values[0]!];
        foreach (var affix in affixes)
        {
            if (affix is not StrValue text) throw JinjaError.Type($"{name} first arg must be str or a tuple of str, not {affix.TypeName}");
            if (window is not var (start, end)) continue;
            var part = self.Units.AsSpan(start, end - start);
            if (name == "startswith" ? part.StartsWith(text.Units) : part.EndsWith(text.Units)) return BoolValue.Of(true);
        }
        return BoolValue.Of(false);
    }

    static int Find(StrValue self, Arguments arguments, string name, bool last)
    {
        var values = arguments.BindPositional(name, 1, 3);
        if (values[0] is not StrValue part) throw JinjaError.Type($"must be str, not {values[0]!.TypeName}");
        if (Window(self, values[1], values[2]) is not var (start, end)) return -1;
        var span = self.Units.AsSpan(start, end - start);
        int found = last ? span.LastIndexOf(part.Units) : span.IndexOf(part.Units);
        if (last && part.UnitLength == 0) found = span.Length;
        return found < 0 ? -1 : self.CharacterOf(start + found);
    }

    static IntValue Index(StrValue self, Arguments arguments, string name, bool last) =>
        Find(self, arguments, name, last) is var found and >= 0 ? new IntValue(found) : throw JinjaError.Value("substring not found");

    static IntValue Count(Machine machine, StrValue self, Arguments arguments)
    {
        var values = arguments.BindPositional("count", 1, 3);
        if (values[0] is not StrValue part) throw JinjaError.Type($"must be str, not {values[0]!.TypeName}");
        if (Window(self, values[1], values[2]) is not var (start, end)) return new IntValue(0);
        if (part.UnitLength == 0) return new IntValue(self.CharacterOf(end) - self.CharacterOf(start) + 1);
        return new IntValue(self.Units.AsSpan(start, end - start).Count(part.Units));
    }

    static BytesValue Encode(Machine machine, StrValue self, Arguments arguments)
    {
        var values = arguments.Bind("encode", 0, "encoding", "errors");
        string encoding = (values[0] as StrValue)?.Units.ToLowerInvariant().Replace('_', '-') ?? "utf-8";
        machine.Budget.AllocateString(self.UnitLength * 3L);
        try
        {
            return new BytesValue(encoding switch
            {
                "utf-8" or "utf8" => new UTF8Encoding(false, true).GetBytes(self.Units),
                "ascii" or "us-ascii" => Encoding.GetEncoding("us-ascii", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback).GetBytes(self.Units),
                "latin-1" or "latin1" or "iso-8859-1" => Encoding.GetEncoding("iso-8859-1", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback).GetBytes(self.Units),
                _ => throw new JinjaError(ErrorKind.Lookup, $"unknown encoding: {encoding}"),
            }, self.Author);
        }
        catch (EncoderFallbackException error)
        {
            throw new JinjaError(ErrorKind.Unicode, $"'{encoding}' codec can't encode character at position {error.Index}");
        }
    }

    static StrValue Translate(Machine machine, StrValue self, Arguments arguments)
    {
        var table = arguments.BindPositional("translate", 1, 1)[0]!;
        var builder = new TextBuilder(machine.Budget);
        for (int i = 0; i < self.UnitLength;)
        {
            int width = CodePoints.UnitsAt(self.Units, i);
            machine.Budget.Step();
            switch (table.GetItem(machine, new IntValue(CodePoints.At(self.Units, i))))
            {
                case null: builder.Append(self, i, width); break;
                case NoneValue: break;
                case StrValue text: builder.Append(text); break;
                case IntValue point when point.Value >= 0 && point.Value <= 0x10FFFF && point.Value is var value && !(value >= 0xD800 && value <= 0xDFFF):
                    builder.Append(char.ConvertFromUtf32((int)point.Value), point.Author);
                    break;
                default: throw JinjaError.Type("character mapping must return integer, None or str");
            }
            i += width;
        }
        return builder.ToValue(self.IsMarkup);
    }
}
