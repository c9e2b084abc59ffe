using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Weights;

namespace Juxta.EngineTests.Weights;

public sealed class GenerationConfigTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    GenerationConfig Read(string json)
    {
        _folder.Write("generation_config.json", json);
        return GenerationConfig.Read(_folder.Path);
    }

    [Fact]
    public void Recommended_sampling_is_read()
    {
        GenerationConfig config = Read("""{"eos_token_id":[2,7,2,-1],"do_sample":true,"temperature":0.6,"top_k":20,"top_p":0.9,"repetition_penalty":1.05}""");
        Assert.Equal([2, 7], config.EosTokenIds);
        SamplingOptions sampling = config.Sampling;
        Assert.Equal((0.6f, 20, 0.9f, 0f, 1.05f), (sampling.Temperature, sampling.TopK, sampling.TopP, sampling.MinP, sampling.RepetitionPenalty));
    }

    [Fact]
    public void An_absent_file_recommends_nothing()
    {
        GenerationConfig config = GenerationConfig.Read(_folder.Path);
        Assert.Empty(config.EosTokenIds);
        Assert.Equal(new SamplingOptions().Temperature, config.Sampling.Temperature);
    }

    [Fact]
    public void An_explicit_do_sample_false_means_greedy()
    {
        Assert.Equal(0, Read("""{"do_sample":false,"temperature":0.7}""").Sampling.Temperature);
        Assert.Equal(0.7f, Read("""{"temperature":0.7}""").Sampling.Temperature);
    }

    [Theory]
    [InlineData("""{"temperature":-1}""", "'temperature' is -1; expected a number from 0 to 100")]
    [InlineData("""{"top_p":1.5}""", "'top_p' is 1.5; expected a number from 0 to 1")]
    [InlineData("""{"min_p":2}""", "'min_p' is 2; expected a number from 0 to 1")]
    [InlineData("""{"repetition_penalty":0}""", "'repetition_penalty' is 0; expected a number from 0.01 to 100")]
    [InlineData("""{"top_k":-5}""", "'top_k' is -5; expected an integer from 0")]
    [InlineData("""{"eos_token_id":"</s>"}""", "'eos_token_id' is the string \"</s>\"; expected an integer or a list of integers")]
    [InlineData("""{"eos_token_id":[2,"x"]}""", "'eos_token_id' is the string \"x\"; expected an integer")]
    [InlineData("""{"eos_token_id":-2}""", "'eos_token_id' is -2")]
    public void A_value_out_of_range_is_named(string json, string expected)
    {
        var error = Assert.Throws<ModelFormatException>(() => Read(json));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("generation_config.json", error.Message, StringComparison.Ordinal);
    }
}
