using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Juxta.Eval.Suites;

namespace Juxta.EvalTests.Suites;

/// <summary>Random damage to the files of a set: it still opens, or a SuiteException names the file and the line. Nothing else may come.</summary>
public sealed partial class DamagedSetTests : IDisposable
{
    static readonly Config Seeded = Config.QuickThrowOnFailure.WithReplay(20261130UL, 9UL).WithMaxTest(500);

    const string Lines =
        """
        {"id":"a","messages":[{"role":"system","content":"S"},{"role":"user","content":"\u00e9 \ud83d\ude00 问"}],"references":["A","B"],"tags":["zh","t"],"tools":[{"type":"function"}]}
        {"instruction":"I","input":"X","output":"A","history":[["q","a"]],"system":"S"}
        {"conversations":[{"from":"human","value":"Q"},{"from":"gpt","value":"A"}],"system":"S"}
        {"content":"Q","summary":"A","id":7}
        {"prompt":"Q","response":"A","history":[["q","a"],["b","答"]]}
        """;

    const string Table = "id,instruction,input,output,system\r\na,\"写，\n\"\"诗\"\"\",,答,\r\n\r\nb,Q,X,A,S\r\n";

    /// <summary>What damage puts in: marks of the formats, control characters, bytes that are no UTF-8, values of another kind.</summary>
    static readonly byte[][] Pieces = [.. ((string[])["\"", "{", "}", "[", "]", ",", ":", "\\", "\n", "\r", "\0", "null", "true", "-1", "1e999", "\\ud800", "\"\\udc00\":1,", "{}", "[]", "\ufeff", "é"]).Select(Encoding.UTF8.GetBytes), [0xff], [0xc3], [0xed, 0xa0, 0x80]];

    readonly SetFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>From where, how many bytes go, and what comes in their place.</summary>
    static Arbitrary<(int At, int Gone, byte[] Put)[]> Damage => (from at in Gen.Choose(0, 2000) from gone in Gen.Frequency((3, Gen.Constant(0)), (3, Gen.Choose(1, 4)), (1, Gen.Choose(5, 400)))
        from put in Gen.Frequency((1, Gen.Constant(Array.Empty<byte>())), (3, Gen.Elements(Pieces))) select (at, gone, put)).ArrayOf().Where(all => all.Length is > 0 and < 6).ToArbitrary();

    static byte[] Damaged(byte[] bytes, (int At, int Gone, byte[] Put)[] damage)
    {
        foreach ((int place, int gone, byte[] put) in damage)
        {
            int at = place % (bytes.Length + 1), end = Math.Min(bytes.Length, at + gone);
            bytes = [.. bytes[..at], .. put, .. bytes[end..]];
        }
        return bytes;
    }

    [Theory]
    [InlineData("samples.jsonl", Lines)]
    [InlineData("samples.csv", Table)]
    public void Damaged_samples_are_named_by_file_and_line(string name, string samples) => Prop.ForAll(Damage, damage =>
    {
        _folder.Write(name, Damaged(Encoding.UTF8.GetBytes(samples), damage));
        OpensOrSaysWhere();
    }).Check(Seeded);

    [Fact]
    public void A_damaged_list_is_named_by_file_and_line() => Prop.ForAll(Damage, damage =>
    {
        _folder.Write("samples.json", Damaged(Encoding.UTF8.GetBytes($"[\n{Lines.ReplaceLineEndings("\n").Replace("}\n{", "},\n{", StringComparison.Ordinal)}\n]"), damage));
        OpensOrSaysWhere();
    }).Check(Seeded);

    [Fact]
    public void A_damaged_evalset_json_is_named_by_file_and_line()
    {
        _folder.Write("samples.jsonl", Encoding.UTF8.GetBytes(Lines), set =>
        {
            (set["shots"], set["system"]) = ("samples.jsonl", "S");
            set["axes"] = new JsonObject { ["few_shot"] = new JsonArray(0, 2), ["max_target_length"] = new JsonArray(64) };
            set["metrics"] = new JsonArray("chrf", new JsonObject { ["name"] = "bleu", ["tokenize"] = "zh", ["max_ngram_order"] = 4 });
        });
        byte[] whole = File.ReadAllBytes(_folder.File(EvalSet.FileName));
        Assert.Equal(2, EvalSet.Open(_folder.Path).Settings.Count);
        Prop.ForAll(Damage, damage =>
        {
            File.WriteAllBytes(_folder.File(EvalSet.FileName), Damaged(whole, damage));
            OpensOrSaysWhere();
        }).Check(Seeded);
    }

    void OpensOrSaysWhere()
    {
        try
        {
            Assert.NotEmpty(EvalSet.Open(_folder.Path).Samples);
        }
        catch (SuiteException error)
        {
            Assert.StartsWith(_folder.Path, error.Message);
            Assert.Matches(Place(), error.Message);
        }
    }

    /// <summary>A file that is absent or holds nothing has no line.</summary>
    [GeneratedRegex(@"(:\d+: .|: no such file|: there is no sample in it|: it cannot be read)", RegexOptions.Singleline)]
    private static partial Regex Place();
}
