using System.Text;
using Juxta.Engine;
using Juxta.Engine.Weights;

namespace Juxta.EngineTests.Weights;

public sealed class CheckpointConfigTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static CheckpointConfig Parse(string json) => CheckpointConfig.Parse(Encoding.UTF8.GetBytes(json), "config.json");

    [Fact]
    public void Values_are_read_by_type()
    {
        CheckpointConfig config = Parse("""
            {"hidden_size":64,"layers":32.0,"eps":1e-05,"tie":true,"act":"silu","window":null,"eos_token_id":[1,2],"pad":3,
             "names":["a","b"],"factors":[1,2.5],"rope_scaling":{"factor":4}}
            """);
        Assert.Equal(64, config.Int("hidden_size"));
        Assert.Equal(32, config.Int("layers"));
        Assert.Equal(1e-05f, config.Float("eps"));
        Assert.Equal(0.5f, config.FloatOr("absent", 0.5f));
        Assert.True(config.BoolOr("tie", false));
        Assert.False(config.BoolOr("window", false));
        Assert.Equal("silu", config.String("act"));
        Assert.Equal("gelu", config.StringOr("absent", "gelu"));
        Assert.Null(config.IntOrNull("window"));
        Assert.Equal(7, config.IntOr("window", 7));
        Assert.Equal([1, 2], config.Ints("eos_token_id"));
        Assert.Equal([3], config.Ints("pad"));
        Assert.Empty(config.Ints("absent"));
        Assert.Equal(["a", "b"], config.Strings("names"));
        Assert.Equal([1, 2.5f], config.Floats("factors"));
        Assert.Equal(4, config.RopeScaling!.Float("factor"));
        Assert.False(config.Has("window"));
    }

    [Fact]
    public void Names_of_transformers_5_are_understood()
    {
        CheckpointConfig config = Parse("""{"rope_parameters":{"rope_type":"linear","factor":2,"rope_theta":500000},"dtype":"bfloat16"}""");
        Assert.Equal("linear", config.RopeScaling!.String("rope_type"));
        Assert.Equal(500000, config.RopeTheta(10000));
        Assert.Equal("bfloat16", config.TypeHint);
        CheckpointConfig old = Parse("""{"rope_theta":1000000.0,"rope_scaling":null,"torch_dtype":"float16"}""");
        Assert.Null(old.RopeScaling);
        Assert.Equal(1000000, old.RopeTheta(10000));
        Assert.Equal("float16", old.TypeHint);
        Assert.Equal(10000, Parse("{}").RopeTheta(10000));
    }

    [Theory]
    [InlineData("{}", "'hidden_size' is missing; expected an integer")]
    [InlineData("""{"hidden_size":null}""", "'hidden_size' is missing; expected an integer")]
    [InlineData("""{"hidden_size":"64"}""", "'hidden_size' is the string \"64\"; expected an integer")]
    [InlineData("""{"hidden_size":64.5}""", "'hidden_size' is 64.5; expected an integer")]
    [InlineData("""{"hidden_size":[64]}""", "'hidden_size' is the list [64]; expected an integer")]
    [InlineData("""{"hidden_size":{"a":1}}""", "'hidden_size' is the object {\"a\":1}; expected an integer")]
    [InlineData("""{"hidden_size":0}""", "'hidden_size' is 0; expected an integer from 1 to 67108864")]
    [InlineData("""{"hidden_size":-64}""", "'hidden_size' is -64; expected an integer from 1")]
    [InlineData("""{"hidden_size":1e12}""", "'hidden_size' is 1e12; expected an integer from 1")]
    [InlineData("""{"hidden_size":1e999}""", "'hidden_size' is 1e999; expected an integer from 1")]
    public void A_wrong_dimension_is_named_with_file_and_expectation(string json, string expected) =>
        Refused(() => Parse(json).Int("hidden_size"), "config.json: " + expected);

    [Fact]
    public void A_wrong_type_is_named_with_file_and_expectation()
    {
        CheckpointConfig config = Parse("""{"x":"text","n":1,"l":["a",1],"o":[],"r":{"factor":"two"},"big":1e999,"half":"\ud800"}""");
        Refused(() => config.Float("x"), "'x' is the string \"text\"; expected a finite number");
        Refused(() => config.Float("gone"), "'gone' is missing; expected a number");
        Refused(() => config.Float("big"), "'big' is 1e999; expected a finite number");
        Refused(() => config.BoolOr("n", true), "'n' is 1; expected true or false");
        Refused(() => config.StringOrNull("n"), "'n' is 1; expected a string");
        Refused(() => config.String("gone"), "'gone' is missing; expected a string");
        Refused(() => config.Strings("l"), "'l' is 1; expected a list of strings");
        Refused(() => config.Strings("x"), "'x' is the string \"text\"; expected a list of strings");
        Refused(() => config.Ints("l"), "'l' is the string \"a\"; expected an integer");
        Refused(() => config.Floats("l"), "'l' is the string \"a\"; expected a list of finite numbers");
        Refused(() => config.Section("o"), "'o' is the list []; expected an object");
        Refused(() => config.Section("r")!.Float("factor"), "'r.factor' is the string \"two\"; expected a finite number");
        Refused(() => config.String("half"), "'half' is not valid Unicode text");
    }

    [Fact]
    public void A_file_that_is_not_a_json_object_is_refused()
    {
        Refused(() => CheckpointConfig.Read(_folder.File("config.json")), "no such file");
        Assert.Null(CheckpointConfig.ReadIfPresent(_folder.File("config.json")));
        Refused(() => CheckpointConfig.Read(_folder.Write("config.json", "")), "not valid JSON");
        Refused(() => CheckpointConfig.Read(_folder.Write("config.json", "[1]")), "expected a JSON object, found the list [1]");
        Refused(() => CheckpointConfig.Read(_folder.Write("config.json", [(byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)'}'])), "not valid UTF-8");
        Refused(() => CheckpointConfig.Read(_folder.Write("config.json", string.Concat(Enumerable.Repeat("{\"a\":", 10000)))), "not valid JSON");
        Refused(() => Parse("""{"\ud800":1}""").Keys.ToString(), "not valid Unicode text");
    }

    [Fact]
    public void A_byte_order_mark_is_skipped() => Assert.Equal(1, CheckpointConfig.Read(_folder.Write("config.json", "\uFEFF{\"a\":1}")).Int("a"));

    static void Refused(Func<object?> read, string expected)
    {
        var error = Assert.Throws<ModelFormatException>(() => { read(); });
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
