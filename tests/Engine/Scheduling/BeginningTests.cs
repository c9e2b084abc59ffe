using Juxta.Engine;
using Juxta.Engine.Generation;

namespace Juxta.EngineTests.Scheduling;

/// <summary>An answer whose beginning is part of the prompt goes on as one that was never cut.</summary>
public class BeginningTests
{
    static readonly SamplingOptions[] Kinds =
    [
        SamplingOptions.Greedy,
        new() { Temperature = 1.5f, TopP = 0.9f },
        new() { Temperature = 1, RepetitionPenalty = 1.3f, PresencePenalty = 1, FrequencyPenalty = 0.5f },
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(49)]
    public async Task Ids_and_text_are_those_of_the_whole_answer(int cut)
    {
        await using var engine = new InferenceEngine(new RecallDecoder(RecallDecoder.Random), new EngineOptions { CacheTokens = 512 }, Runs.Letters, []);
        foreach (SamplingOptions sampling in Kinds)
        {
            GenerationRequest request = Runs.Greedy(50, 5, 6, 7) with { Sampling = sampling, Seed = 3 };
            Answer whole = await engine.Run(request);
            Answer more = await engine.Run(request with
            {
                PromptIds = [5, 6, 7, .. whole.Ids.Take(cut)], MaxTokens = 50 - cut, Beginning = new AnswerBeginning(3, whole.Text[..cut]),
            });
            Assert.Equal(whole.Ids.Skip(cut), more.Ids);
            Assert.Equal(whole.Text, more.Text);
            Assert.Equal((null, whole.Text[..cut]), (more.Steps[0].Id, more.Steps[0].Text));
        }
    }

    [Fact]
    public async Task A_stop_string_that_the_beginning_holds_whole_does_not_end_the_answer_and_one_that_begins_there_does()
    {
        await using var engine = new InferenceEngine(Runs.Saying("ab|cdXY!"), new EngineOptions { CacheTokens = 512 }, Runs.Letters, []);
        GenerationRequest request = Runs.Greedy(20, 1, 'a', 'b', '|', 'c', 'd', 'X') with
        {
            Stop = new StopOptions { Strings = ["|", "XY"] }, Beginning = new AnswerBeginning(1, "ab|cdX"),
        };
        Answer answer = await engine.Run(request);
        Assert.Equal("ab|cd", answer.Text);
        Assert.Equal("ab|cd", answer.Steps[0].Text);
        Assert.Equal(Outcome.Stop("XY"), answer.Outcome);
    }

    [Fact]
    public async Task A_repetition_that_began_before_the_cut_is_found()
    {
        await using var engine = new InferenceEngine(Runs.Saying(""), new EngineOptions { CacheTokens = 512 }, Runs.Letters, []);
        GenerationRequest request = Runs.Greedy(100, [1, .. Enumerable.Repeat((int)'.', 60)]) with
        {
            Stop = new StopOptions { RepetitionLimit = 3 }, Beginning = new AnswerBeginning(1, new string('.', 60)),
        };
        Answer answer = await engine.Run(request);
        Assert.Equal(Outcome.Repetition, answer.Outcome);
        Assert.Equal(4, answer.Ids.Length);
    }
}
