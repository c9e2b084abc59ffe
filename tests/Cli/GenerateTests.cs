using System.Text.Json;
using Juxta.Tests;

namespace Juxta.CliTests;

public sealed class GenerateTests
{
    static readonly string Qwen = Fixtures.Require("models", "qwen2.5-tied-bf16");

    static JsonElement Expected(string model) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(model, "expected.json"))).RootElement;

    static int[] Ints(JsonElement list) => [.. list.EnumerateArray().Select(x => x.GetInt32())];

    [Fact]
    public void Greedy_ids_equal_the_reference_with_and_without_an_adapter()
    {
        JsonElement prompt = Expected(Qwen).GetProperty("prompts")[1];
        JsonElement plain = Juxta.Run("generate", "--model", Qwen, "--ids", string.Join(',', Ints(prompt.GetProperty("ids"))), "--temperature", "0", "--max-tokens", "24", "--ignore-eos", "--json").Json;
        Assert.Equal(Ints(prompt.GetProperty("greedy")), Ints(plain.GetProperty("ids")));
        Assert.Equal("length", plain.GetProperty("outcome").GetString());
        Assert.Equal(24, plain.GetProperty("usage").GetProperty("completion_tokens").GetInt32());

        JsonElement adapter = Expected(Qwen).GetProperty("adapters").GetProperty("lora-rank-alpha-pattern").GetProperty("prompts")[0];
        JsonElement adapted = Juxta.Run(
            "generate", "--model", Qwen, "--adapter", Path.Combine(Qwen, "adapters/lora-rank-alpha-pattern"), "--ids", string.Join(',', Ints(adapter.GetProperty("ids"))),
            "--temperature", "0", "--max-tokens", "24", "--ignore-eos", "--logprobs", "2", "--json").Json;
        Assert.Equal(Ints(adapter.GetProperty("greedy")), Ints(adapted.GetProperty("ids")));
        JsonElement first = adapted.GetProperty("logprobs")[0];
        Assert.Equal(2, first.GetProperty("top").GetArrayLength());
        Assert.Equal(first.GetProperty("id").GetInt32(), first.GetProperty("top")[0].GetProperty("id").GetInt32());
        Assert.InRange(first.GetProperty("logprob").GetDouble(), -30, 0);
    }

    [Fact]
    public void A_stop_id_ends_the_answer_and_says_so()
    {
        JsonElement example = Expected(Qwen).GetProperty("adapters").GetProperty("lora-qv").GetProperty("stop_example");
        JsonElement prompt = Expected(Qwen).GetProperty("adapters").GetProperty("lora-qv").GetProperty("prompts")[example.GetProperty("prompt").GetInt32()];
        int stop = example.GetProperty("stopped_by").GetInt32();
        JsonElement answer = Juxta.Run(
            "generate", "--model", Qwen, "--adapter", Path.Combine(Qwen, "adapters/lora-qv"), "--ids", string.Join(',', Ints(prompt.GetProperty("ids"))), "--temperature", "0",
            "--max-tokens", "24", "--stop-id", $"{stop}", "--json").Json;
        Assert.Equal($"stop_id:{stop}", answer.GetProperty("outcome").GetString());
        Assert.Equal([.. Ints(example.GetProperty("generated")), stop], Ints(answer.GetProperty("ids")));
    }

    [Fact]
    public void The_same_seed_draws_the_same_answer()
    {
        string[] arguments = ["generate", "--model", Qwen, "--ids", "1,2,3", "--temperature", "1.5", "--seed", "7", "--max-tokens", "20", "--json"];
        Assert.Equal(Juxta.Run(arguments).Out, Juxta.Run(arguments).Out);
        Assert.NotEqual(Juxta.Run(arguments).Out, Juxta.Run([.. arguments[..^3], "--max-tokens", "20", "--json", "--seed", "8"]).Out);
    }

    [Fact]
    public void A_trained_model_tells_its_story_and_its_adapter_answers_and_stops()
    {
        string stories = Fixtures.Require("models", "stories260k");
        JsonElement prompt = Expected(stories).GetProperty("prompts")[1];
        Juxta.Result story = Juxta.Run("generate", "--model", stories, "--prompt", "Once upon a time", "--temperature", "0", "--max-tokens", "100");
        Assert.Equal(0, story.Code);
        Assert.StartsWith(story.Out.TrimEnd(), prompt.GetProperty("greedy_text").GetString());
        Assert.Contains("[Cut: the limit or the context was reached", story.Error);

        JsonElement answer = Juxta.Run(
            "generate", "--model", stories, "--adapter", Path.Combine(stories, "adapters/lora-toy-chat"), "--prompt", "User: Who are you?\nBot:", "--temperature", "0", "--json").Json;
        Assert.Equal("I am a little bot. I can help you.", answer.GetProperty("text").GetString()!.Trim());
        Assert.Equal("eos:1", answer.GetProperty("outcome").GetString());
    }

    [Fact]
    public void Chat_streams_answers_forgets_on_clear_and_ends_on_stop()
    {
        string stories = Fixtures.Require("models", "stories260k");
        Juxta.Result chat = Juxta.RunWith("One day\n\nclear\nOne day\nstop\nnever read\n", "chat", "--model", stories, "--temperature", "0", "--max-tokens", "12", "--json");
        Assert.Equal(0, chat.Code);
        Assert.Equal(2, chat.Lines.Length);
        Assert.Equal(chat.Lines[0].GetProperty("text").GetString(), chat.Lines[1].GetProperty("text").GetString()); // cleared: the same question anew
        Assert.Equal(chat.Lines[0].GetProperty("prompt_tokens").GetInt32(), chat.Lines[1].GetProperty("prompt_tokens").GetInt32());
        Juxta.Result remembered = Juxta.RunWith("One day\nOne day\nstop\n", "chat", "--model", stories, "--temperature", "0", "--max-tokens", "12", "--json");
        Assert.True(remembered.Lines[1].GetProperty("prompt_tokens").GetInt32() > remembered.Lines[0].GetProperty("prompt_tokens").GetInt32());
    }
}
