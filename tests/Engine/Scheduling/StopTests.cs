using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Sampling;

namespace Juxta.EngineTests.Scheduling;

public class StopTests
{
    static async Task<Answer> Say(string text, StopOptions? stop = null, int? maxTokens = 100, params int[] eos)
    {
        await using var engine = new InferenceEngine(Runs.Saying(text), new EngineOptions { CacheTokens = 512 }, Runs.Letters, eos);
        return await engine.Run(Runs.Greedy(0, 1) with { MaxTokens = maxTokens, Stop = stop ?? new StopOptions() });
    }

    [Fact]
    public async Task An_end_id_has_a_step_of_its_own_without_text()
    {
        Answer answer = await Say("Hello#and on", null, 100, '#', '$');
        Assert.Equal("Hello", answer.Text);
        Assert.Equal(Outcome.Eos('#'), answer.Outcome);
        Assert.Equal("Hello#".Select(c => (int)c), answer.Ids);
        Assert.Equal(("", '#'), (answer.Steps[^1].Text, (char)answer.Steps[^1].Id!.Value));
    }

    [Fact]
    public async Task Text_held_back_when_an_end_id_comes_is_released_before_it()
    {
        Answer answer = await Say("Hi Us#", new StopOptions { Strings = ["User"] }, 100, '#');
        Assert.Equal("Hi Us", answer.Text);
        Assert.Equal(Outcome.Eos('#'), answer.Outcome);
        Assert.Null(answer.Steps[^2].Id);
        Assert.Equal("Us", answer.Steps[^2].Text);
        Assert.Equal("", answer.Steps[^1].Text);
    }

    [Fact]
    public async Task Ignored_end_ids_are_ordinary_text()
    {
        Answer answer = await Say("ab#cd", new StopOptions { IgnoreEos = true }, 5, '#');
        Assert.Equal("ab#cd", answer.Text);
        Assert.Equal(Outcome.Length, answer.Outcome);
    }

    [Fact]
    public async Task A_stop_id_of_the_request_ends_the_answer_also_where_end_ids_are_ignored()
    {
        Assert.Equal(Outcome.StopId('c'), (await Say("abcd", new StopOptions { Ids = ['c'] })).Outcome);
        Assert.Equal(Outcome.StopId('#'), (await Say("ab#cd", new StopOptions { IgnoreEos = true, Ids = ['#'] }, 100, '#')).Outcome);
        Assert.Equal(Outcome.Eos('#'), (await Say("ab#cd", new StopOptions { Ids = ['#'] }, 100, '#')).Outcome);
    }

    [Fact]
    public async Task A_stop_string_is_cut_off_unless_it_is_to_be_kept()
    {
        Answer cut = await Say("one STOP two", new StopOptions { Strings = ["STOP"] });
        Assert.Equal(("one ", Outcome.Stop("STOP")), (cut.Text, cut.Outcome));
        Assert.Equal("one STOP".Select(c => (int)c), cut.Ids);
        Answer kept = await Say("one STOP two", new StopOptions { Strings = ["STOP"], IncludeStopString = true });
        Assert.Equal(("one STOP", Outcome.Stop("STOP")), (kept.Text, kept.Outcome));
    }

    [Fact]
    public async Task Nothing_ends_an_answer_before_its_least_length()
    {
        // '#' is masked while fewer than 4 tokens are drawn: the letter with the next best logit comes instead.
        Answer masked = await Say("a#b#", new StopOptions { MinTokens = 3 }, 100, '#');
        Assert.Equal(Outcome.Eos('#'), masked.Outcome);
        Assert.Equal(4, masked.Ids.Length);
        Assert.NotEqual('#', masked.Ids[1]);
        Answer text = await Say("abcabc", new StopOptions { MinTokens = 3, Strings = ["abc"] });
        Assert.Equal(("abc", Outcome.Stop("abc")), (text.Text, text.Outcome));
    }

    [Fact]
    public async Task A_cycle_ends_the_answer_where_asked()
    {
        Answer answer = await Say("x", new StopOptions { RepetitionLimit = 4 }, 200);
        Assert.Equal(Outcome.Repetition, answer.Outcome);
        Assert.Equal(65, answer.Ids.Length);
        Assert.Equal(Outcome.Length, (await Say("x", null, 200)).Outcome);
    }

    [Fact]
    public async Task Held_text_comes_out_when_the_length_is_reached()
    {
        Answer answer = await Say("abST", new StopOptions { Strings = ["STOP"] }, 4);
        Assert.Equal(("abST", Outcome.Length), (answer.Text, answer.Outcome));
        Assert.Equal(4, answer.Steps.Count);
    }

    [Fact]
    public async Task Without_a_limit_the_answer_fills_the_context_or_the_cache()
    {
        Answer answer = await Say("", null, null);
        Assert.Equal(Outcome.Length, answer.Outcome);
        Assert.Equal(512, 1 + answer.Ids.Length);
    }

    [Fact]
    public async Task Padding_rows_of_the_head_are_never_drawn()
    {
        var decoder = new RecallDecoder((_, _, logits) => { logits.Clear(); logits[299] = 50; logits[65] = 1; });
        await using var engine = new InferenceEngine(decoder, new EngineOptions { CacheTokens = 64 }, Runs.Letters with { Size = 200 }, []);
        Answer answer = await engine.Run(Runs.Greedy(3, 1) with { LogProbs = 2 });
        Assert.Equal("AAA", answer.Text);
        Assert.All(answer.Steps, step => Assert.Equal(-49, step.LogProb!.Value, 1e-3)); // but they keep their share of the probability
        Assert.All(answer.Steps, step => Assert.DoesNotContain(step.Top, top => top.Id == 299));
    }

    [Fact]
    public async Task An_unfinished_character_comes_out_at_the_end()
    {
        TextVocabulary bytes = new(300, _ => new TextStream(_ => "", () => "\uFFFD"), _ => []);
        await using var engine = new InferenceEngine(Runs.Saying("abc"), new EngineOptions { CacheTokens = 64 }, bytes, []);
        Assert.Equal("\uFFFD", (await engine.Run(Runs.Greedy(3, 1))).Text);
    }
}
