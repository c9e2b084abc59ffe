using FsCheck;
using FsCheck.Fluent;
using Juxta.Engine.Lora;
using Juxta.Engine.Models;
using Juxta.Engine.Scheduling;
using Outcome = Juxta.Engine.Generation.Outcome;

namespace Juxta.EngineTests.Scheduling;

public class SchedulerTests
{
    /// <summary>Grows by one id per step once its prompt is computed, until it has <paramref name="answer"/> more.</summary>
    sealed class CountingSequence(int prompt, int answer, bool whole = false) : Sequence(
        new int[prompt], new AdapterLease(AdapterSet.None, 1), TextContext.Causal with { PrefixLength = whole ? prompt : 0 })
    {
        public bool Cancel { get; set; }

        public Outcome? Outcome { get; private set; }

        public override int WantedFrom => Length - 1;

        public override bool IsCancelled => Cancel;

        public override bool Ended => Outcome is not null;

        public override void TakeLogits(int position, Span<float> row)
        {
            if (Length == PromptLength + answer) End(Outcome.Length);
            else Append(0);
        }

        public override void End(Outcome outcome) => Outcome ??= outcome;
    }

    static PrefixCache Blocks(int count) => new(new KvBlockPool(count), keeps: false);

    static void Step(Scheduler scheduler, List<StepShare> shares)
    {
        foreach ((Sequence sequence, int tokens, int rows) in shares)
        {
            sequence.Computed += tokens;
            if (rows > 0) sequence.TakeLogits(sequence.Computed - 1, []);
        }
        scheduler.Sweep(_ => { });
    }

    [Fact]
    public void Answers_come_first_and_prompts_fill_the_rest_in_order_of_arrival()
    {
        var scheduler = new Scheduler(Blocks(100), new StepLimits(20, 10, 8));
        CountingSequence a = new(5, 50), b = new(30, 5), c = new(30, 5);
        scheduler.Add(a);
        scheduler.Add(b);
        scheduler.Add(c);
        Assert.Equal([new(a, 5, 1), new(b, 15, 0)], scheduler.Plan());
        Step(scheduler, scheduler.Plan());
        Assert.Equal([new(a, 1, 1), new(b, 15, 1), new(c, 4, 0)], scheduler.Plan());
    }

    [Fact]
    public void Beside_answers_a_long_prompt_takes_a_small_share_of_each_step_and_nobody_waits_a_step()
    {
        var scheduler = new Scheduler(Blocks(200), new StepLimits(512, 10, 8, PromptTokens: 64));
        CountingSequence[] chats = [.. Enumerable.Range(0, 8).Select(_ => new CountingSequence(10, 1000))];
        foreach (CountingSequence chat in chats) scheduler.Add(chat);
        Assert.Equal(80, scheduler.Plan().Sum(share => share.Tokens)); // nobody is being answered yet
        Step(scheduler, scheduler.Plan());
        CountingSequence late = new(2000, 5), later = new(100, 5);
        scheduler.Add(late);
        scheduler.Add(later);
        for (int step = 0; step < 31; step++)
        {
            List<StepShare> shares = scheduler.Plan();
            Assert.Equal([.. chats.Select(chat => new StepShare(chat, 1, 1)), new StepShare(late, 64, 0)], shares);
            Assert.True(scheduler.IsFull);
            Step(scheduler, shares);
        }
        Assert.Equal([new(late, 16, 1), new(later, 48, 0)], scheduler.Plan().Skip(8));
        Step(scheduler, scheduler.Plan());
        Assert.Equal(9, scheduler.Plan().Count(share => share.Tokens == 1));
        foreach (CountingSequence chat in chats) chat.Cancel = true;
        late.Cancel = true;
        scheduler.Sweep(_ => { });
        scheduler.Add(new CountingSequence(700, 5));
        Assert.Equal([52, 460], scheduler.Plan().Select(share => share.Tokens)); // nobody again
    }

    [Fact]
    public void Who_ended_or_was_cancelled_leaves_the_next_step_and_its_blocks_are_free()
    {
        PrefixCache pool = Blocks(100);
        var scheduler = new Scheduler(pool, new StepLimits(20, 10, 8));
        CountingSequence a = new(5, 1), b = new(5, 50);
        scheduler.Add(a);
        scheduler.Add(b);
        for (int i = 0; i < 2; i++) Step(scheduler, scheduler.Plan());
        Assert.Equal([b], scheduler.Plan().Select(share => share.Sequence));
        Assert.Equal(99, pool.Free);
        b.Cancel = true;
        scheduler.Sweep(_ => { });
        Assert.Equal(Outcome.Cancelled, b.Outcome);
        Assert.True(scheduler.IsIdle);
        Assert.Equal(100, pool.Free);
    }

    [Fact]
    public void The_youngest_gives_way_and_the_first_to_come_is_never_set_back()
    {
        PrefixCache pool = Blocks(4);
        var scheduler = new Scheduler(pool, new StepLimits(64, 10, 8));
        CountingSequence old = new(32, 90), young = new(32, 60);
        scheduler.Add(old);
        scheduler.Add(young);
        int computed = 0;
        while (!old.Ended)
        {
            Step(scheduler, scheduler.Plan());
            Assert.True(old.Ended || old.Computed > computed);
            computed = old.Computed;
        }
        Assert.True(scheduler.Preemptions > 0);
        while (!young.Ended) Step(scheduler, scheduler.Plan());
        Assert.Equal(4, pool.Free);
    }

    [Fact]
    public void A_newcomer_that_does_not_fit_waits_and_nobody_overtakes_it()
    {
        var scheduler = new Scheduler(Blocks(8), new StepLimits(512, 10, 8));
        CountingSequence a = new(100, 20), big = new(150, 1), small = new(5, 1);
        scheduler.Add(a);
        scheduler.Add(big);
        scheduler.Add(small);
        while (!a.Ended)
        {
            Assert.Equal([a], scheduler.Plan().Select(share => share.Sequence));
            Step(scheduler, scheduler.Plan());
        }
        Assert.Equal([big, small], scheduler.Plan().Select(share => share.Sequence));
    }

    [Fact]
    public void Any_mix_of_requests_that_fit_alone_ends_within_bounds_and_leaves_every_block_free()
    {
        Gen<(int Blocks, int StepTokens, int PromptTokens, int MaxSequences, bool Whole, (int Prompt, int Answer)[] Requests)> cases =
            from blocks in Gen.Choose(1, 12)
            from stepTokens in Gen.Choose(1, 40)
            from promptTokens in Gen.Choose(1, 40)
            from maxSequences in Gen.Choose(1, 6)
            from whole in Gen.Elements(false, true)
            from requests in (from prompt in Gen.Choose(1, blocks * 32) from answer in Gen.Choose(0, (blocks * 32) - prompt) select (prompt, answer)).ArrayOf(12)
            select (blocks, stepTokens, promptTokens, maxSequences, whole, requests);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            PrefixCache pool = Blocks(c.Blocks);
            var scheduler = new Scheduler(pool, new StepLimits(c.StepTokens, c.MaxSequences, 8, c.PromptTokens));
            CountingSequence[] sequences = [.. c.Requests.Select(request => new CountingSequence(request.Prompt, request.Answer, c.Whole))];
            foreach (CountingSequence sequence in sequences) scheduler.Add(sequence);
            for (int steps = 0; !scheduler.IsIdle; steps++)
            {
                List<StepShare> shares = scheduler.Plan();
                if (shares.Count == 0 || steps > 100_000) return false;
                if (shares.Count > c.MaxSequences || shares.Select(share => share.Sequence).Distinct().Count() != shares.Count) return false;
                if (!c.Whole && shares.Sum(share => share.Tokens) > c.StepTokens) return false;
                bool answers = shares.Exists(share => share.Sequence is { Computed: > 0, Pending: 1 });
                int prompts = shares.Sum(share => share.Sequence.Pending > 1 ? share.Tokens : 0);
                if (!c.Whole && answers && prompts > c.PromptTokens + c.MaxSequences) return false; // an answer that was set back leaves its token to a prompt
                int[] blocks = [.. sequences.SelectMany(sequence => sequence.BlockTable.Take(sequence.BlockCount))];
                if (blocks.Distinct().Count() != blocks.Length || blocks.Length + pool.Free != c.Blocks) return false;
                foreach ((Sequence sequence, int tokens, _) in shares)
                {
                    if (sequence.BlockCount * 32 < sequence.Computed + tokens) return false;
                    if (c.Whole && sequence.Computed == 0 && tokens < sequence.PromptLength) return false;
                }
                Step(scheduler, shares);
            }
            return pool.Free == c.Blocks && sequences.All(sequence => sequence.Outcome == Outcome.Length);
        }).QuickCheckThrowOnFailure();
    }
}
