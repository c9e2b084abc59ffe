using FsCheck;
using FsCheck.Fluent;
using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Lora;
using Juxta.Engine.Models;
using Juxta.Engine.Scheduling;
using Outcome = Juxta.Engine.Generation.Outcome;

namespace Juxta.EngineTests.Scheduling;

public class PrefixCacheTests
{
    static readonly EngineOptions Options = new() { CacheTokens = 4096, StepTokens = 512 };

    static int[] Ids(int count, int seed) => [.. Enumerable.Range(0, count).Select(i => (i * (seed + 3)) % 290)];

    static int Computed(RecallDecoder decoder) => decoder.Steps.Skip(2).Sum(step => step.Tokens);

    [Fact]
    public async Task The_next_turn_of_a_conversation_computes_only_what_is_new()
    {
        var decoder = new RecallDecoder(RecallDecoder.Random, context: 4096);
        await using var engine = new InferenceEngine(decoder, Options, null, []);
        int[] prompt = Ids(1000, 1);
        Answer first = await engine.Run(Runs.Greedy(100, prompt));
        int before = Computed(decoder);
        int[] next = [.. prompt, .. first.Ids, .. Ids(20, 2)];
        Answer second = await engine.Run(Runs.Greedy(5, next));
        Assert.Equal(Runs.Expected(5, next), second.Ids);
        // 1,099 ids of the first turn were computed: 34 whole blocks, 1,088 tokens.
        Assert.Equal(next.Length - 1088 + 4, Computed(decoder) - before);
        Assert.Equal(0, engine.Load.CacheTokensUsed);
    }

    [Fact]
    public async Task Texts_that_run_at_once_share_what_both_begin_with()
    {
        var decoder = new RecallDecoder(RecallDecoder.Random, context: 4096);
        await using var engine = new InferenceEngine(decoder, Options with { CacheTokens = 1024 }, null, []);
        int[] shared = Ids(640, 1);
        RunningGeneration long1 = engine.Submit(Runs.Greedy(300, [.. shared, 1]));
        await using (IAsyncEnumerator<GeneratedToken> reader = long1.ReadAsync().GetAsyncEnumerator()) await reader.MoveNextAsync();
        // 20 blocks each would not fit twice beside the answers into 32; they are there once.
        Assert.Equal(Runs.Expected(30, [.. shared, 2]), (await engine.Run(Runs.Greedy(30, [.. shared, 2]))).Ids);
        Assert.Equal(Outcome.Length, await long1.Completion);
    }

    [Fact]
    public async Task Where_nothing_is_kept_everything_is_computed_again()
    {
        var decoder = new RecallDecoder(RecallDecoder.Random, context: 4096);
        await using var engine = new InferenceEngine(decoder, Options with { SharePrefixes = false }, null, []);
        int[] prompt = Ids(320, 1);
        for (int i = 0; i < 2; i++) Assert.Equal(Runs.Expected(1, prompt), (await engine.Run(Runs.Greedy(1, prompt))).Ids);
        Assert.Equal(640, Computed(decoder));
    }

    [Fact]
    public async Task A_prompt_that_must_stay_whole_is_never_shared()
    {
        var decoder = new RecallDecoder(RecallDecoder.Random, context: 4096, promptInOneStep: true);
        await using var engine = new InferenceEngine(decoder, Options, null, []);
        int[] prompt = Ids(320, 1);
        for (int i = 0; i < 2; i++) Assert.Equal(Runs.Expected(1, prompt), (await engine.Run(Runs.Greedy(1, prompt))).Ids);
        Assert.Equal(640, Computed(decoder));
    }

    [Fact]
    public async Task A_scored_prompt_is_computed_whole_and_scores_the_same()
    {
        var decoder = new RecallDecoder(RecallDecoder.Random, context: 4096);
        await using var engine = new InferenceEngine(decoder, Options, null, []);
        GenerationRequest scored = Runs.Greedy(1, Ids(200, 1)) with { ScorePrompt = true };
        RunningGeneration first = engine.Submit(scored), again;
        await first.Completion;
        again = engine.Submit(scored);
        await again.Completion;
        Assert.Equal(200, again.PromptScores.Count);
        Assert.Equal(first.PromptScores.Select(score => score.LogProb), again.PromptScores.Select(score => score.LogProb));
    }

    [Fact]
    public async Task The_end_of_a_prompt_scores_the_same_and_what_is_known_of_its_beginning_is_not_computed_again()
    {
        var decoder = new RecallDecoder(RecallDecoder.Random, context: 4096);
        await using var engine = new InferenceEngine(decoder, Options, null, []);
        GenerationRequest scored = Runs.Greedy(1, Ids(200, 1)) with { ScorePrompt = true };
        RunningGeneration whole = engine.Submit(scored);
        await whole.Completion;
        int before = Computed(decoder);
        RunningGeneration end = engine.Submit(scored with { ScoreFrom = 150 });
        await end.Completion;
        Assert.InRange(Computed(decoder) - before, 50, 100);
        Assert.Equal(scored.PromptIds, end.PromptScores.Select(score => score.Id));
        Assert.All(end.PromptScores.Take(150), score => Assert.Null(score.LogProb));
        Assert.Equal(whole.PromptScores.Skip(150).Select(score => score.LogProb), end.PromptScores.Skip(150).Select(score => score.LogProb));
        Assert.Contains("score_from", Assert.Throws<RequestException>(() => engine.Submit(scored with { ScoreFrom = 201 })).Message);
    }

    /// <summary>Holds what its test says.</summary>
    sealed class Text(int[] ids, AdapterSet adapters) : Sequence(ids, new AdapterLease(adapters, 1), TextContext.Causal)
    {
        public override int WantedFrom => Length - 1;

        public override bool IsCancelled => false;

        public override bool Ended => false;

        public override void TakeLogits(int position, Span<float> row) { }

        public override void End(Outcome outcome) { }

        public void Compute(PrefixCache cache)
        {
            cache.Adopt(this);
            while (BlockCount < BlocksFor(Length))
            {
                Assert.True(cache.TryRent(out int block));
                AddBlock(block);
            }
            Computed = Length;
        }
    }

    static int Adopted(PrefixCache cache, Text text)
    {
        cache.Adopt(text);
        int computed = text.Computed;
        cache.Return(text);
        return computed;
    }

    static void Run(PrefixCache cache, Text text)
    {
        text.Compute(cache);
        cache.Return(text);
    }

    [Fact]
    public void The_longest_unused_beginning_gives_way_and_its_end_goes_first()
    {
        var cache = new PrefixCache(new KvBlockPool(8), keeps: true);
        int[] a = Ids(96, 1), b = Ids(96, 2);
        Run(cache, new Text([.. a, 1], AdapterSet.None));
        Run(cache, new Text([.. b, 1], AdapterSet.None));
        Assert.Equal(8, cache.Free);
        Assert.Equal(96, Adopted(cache, new Text([.. a, 2], AdapterSet.None))); // b is the longest unused now
        Run(cache, new Text(Ids(128, 3), AdapterSet.None)); // needs four blocks, two are free
        Assert.Equal(96, Adopted(cache, new Text([.. a, 2], AdapterSet.None)));
        Assert.Equal(32, Adopted(cache, new Text([.. b, 2], AdapterSet.None)));
    }

    [Fact]
    public void Other_adapters_and_other_scales_begin_elsewhere()
    {
        var cache = new PrefixCache(new KvBlockPool(8), keeps: true);
        int[] ids = Ids(65, 1);
        Run(cache, new Text(ids, AdapterSet.None));
        Assert.Equal(64, Adopted(cache, new Text(ids, new AdapterSet([]))));
        using LoraAdapter adapter = new("one", "", [], vocabulary: null);
        Assert.Equal(0, Adopted(cache, new Text(ids, new AdapterSet([(adapter, 1)]))));
        Run(cache, new Text(ids, new AdapterSet([(adapter, 1)])));
        Assert.Equal(64, Adopted(cache, new Text(ids, new AdapterSet([(adapter, 1)]))));
        Assert.Equal(0, Adopted(cache, new Text(ids, new AdapterSet([(adapter, 0.5f)]))));
    }

    [Fact]
    public void Any_texts_in_any_order_hold_only_blocks_of_their_own_ids_and_lose_none()
    {
        // Texts over few ids and few lengths: they often begin alike.
        Gen<(int Blocks, (int Length, int Seed, bool Ends)[] Moves)> cases =
            from blocks in Gen.Choose(8, 20)
            from moves in (from length in Gen.Choose(1, 130) from seed in Gen.Choose(0, 2) from ends in Gen.Elements(true, false) select (length, seed, ends)).ArrayOf(40)
            select (blocks, moves);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var cache = new PrefixCache(new KvBlockPool(c.Blocks), keeps: true);
            var written = new Dictionary<int, string>();
            var live = new List<Text>();
            foreach ((int length, int seed, bool ends) in c.Moves)
            {
                if (live.Sum(text => text.BlockCount) + Sequence.BlocksFor(length) > c.Blocks) End();
                if (live.Sum(text => text.BlockCount) + Sequence.BlocksFor(length) > c.Blocks) continue;
                var text = new Text([.. Enumerable.Range(0, length).Select(i => i < 64 ? 7 : seed)], AdapterSet.None);
                text.Compute(cache);
                for (int i = 0; i < text.BlockCount; i++)
                {
                    string meaning = string.Join(',', text.Ids(0, Math.Min((i + 1) * 32, length)).ToArray());
                    bool shared = i < (text.Prefix?.Depth ?? 0);
                    if (shared && written[text.BlockTable[i]] != meaning) return false;
                    if (!shared && live.Any(other => other.BlockTable.AsSpan(0, other.BlockCount).Contains(text.BlockTable[i]))) return false;
                    written[text.BlockTable[i]] = meaning;
                }
                live.Add(text);
                cache.Keep(text, length);
                if (ends) End();
                if (live.SelectMany(text => text.BlockTable.Take(text.BlockCount)).Distinct().Count() + cache.Free != c.Blocks) return false;
            }
            while (live.Count > 0) End();
            return cache.Free == c.Blocks;

            void End()
            {
                if (live.Count == 0) return;
                cache.Return(live[0]);
                live.RemoveAt(0);
            }
        }).QuickCheckThrowOnFailure();
    }
}
