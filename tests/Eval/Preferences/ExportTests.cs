using System.Text;
using System.Text.Json;
using Juxta.Eval.Guard;
using Juxta.Eval.Preferences;
using Juxta.Eval.Ratings;
using Juxta.Eval.Suites;

namespace Juxta.EvalTests.Preferences;

public sealed class ExportTests
{
    static Vote Vote(Verdict? verdict, string answerA = "good", string answerB = "bad", string prompt = "q") =>
        new("x", "y", verdict) { Item = "1", Texts = new JudgedTexts([new EvalMessage("system", "s"), new EvalMessage("user", prompt)], answerA, answerB) };

    static string[] Lines(string format, ExportPolicy? policy = null, params Vote[] votes) =>
        [.. PreferenceFormat.All.Single(f => f.Name == format).Records(TrainingPreferences.Of(votes, policy ?? new())).Records.Select(PreferenceFormat.Line)];

    [Theory]
    [InlineData("trl-dpo", """{"prompt":[{"role":"system","content":"s"},{"role":"user","content":"怎么?"}],"chosen":[{"role":"assistant","content":"good"}],"rejected":[{"role":"assistant","content":"bad"}]}""")]
    [InlineData("trl-reward", """{"chosen":[{"role":"system","content":"s"},{"role":"user","content":"怎么?"},{"role":"assistant","content":"good"}],"rejected":[{"role":"system","content":"s"},{"role":"user","content":"怎么?"},{"role":"assistant","content":"bad"}]}""")]
    [InlineData("llama-factory-ranking", """{"system":"s","conversations":[{"from":"human","value":"怎么?"}],"chosen":{"from":"gpt","value":"good"},"rejected":{"from":"gpt","value":"bad"}}""")]
    public void Pairs_are_laid_out_as_the_trainers_document(string format, string line) => Assert.Equal([line], Lines(format, null, Vote(Verdict.A, prompt: "怎么?"), Vote(Verdict.A, prompt: "怎么?").Swapped()));

    [Theory]
    [InlineData("trl-kto", """{"prompt":[{"role":"system","content":"s"},{"role":"user","content":"q"}],"completion":[{"role":"assistant","content":"bad"}],"label":false}""")]
    [InlineData("llama-factory-kto", """{"system":"s","conversations":[{"from":"human","value":"q"},{"from":"gpt","value":"bad"}],"kto_tag":false}""")]
    public void Labels_are_laid_out_as_the_trainers_document(string format, string bad)
    {
        string[] lines = Lines(format, null, Vote(Verdict.A));
        Assert.Equal([bad, bad.Replace("bad", "good").Replace("false", "true")], lines);
    }

    [Fact]
    public void Dataset_info_gains_an_entry_and_keeps_the_others()
    {
        PreferenceFormat ranking = PreferenceFormat.All.Single(f => f.Name == "llama-factory-ranking"), kto = PreferenceFormat.All.Single(f => f.Name == "llama-factory-kto");
        string info = DatasetInfo.With("""{"other":{"file_name":"o.json"}}""", "prefs", ranking.DatasetInfo!("prefs.jsonl"));
        JsonElement all = JsonDocument.Parse(DatasetInfo.With(info, "labels", kto.DatasetInfo!("labels.jsonl"))).RootElement;
        Assert.Equal("o.json", all.GetProperty("other").GetProperty("file_name").GetString());
        Assert.Equal("""{"file_name":"prefs.jsonl","formatting":"sharegpt","ranking":true,"columns":{"messages":"conversations","system":"system","chosen":"chosen","rejected":"rejected"}}""", Compact(all.GetProperty("prefs")));
        Assert.Equal("""{"file_name":"labels.jsonl","formatting":"sharegpt","columns":{"messages":"conversations","system":"system","kto_tag":"kto_tag"}}""", Compact(all.GetProperty("labels")));
        Assert.Contains("mend it", Assert.Throws<VoteException>(() => DatasetInfo.With("[1]", "prefs", new { })).Message);

        static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
    }

    [Fact]
    public void Agreement_and_ties_decide_what_counts()
    {
        Vote[] votes = [Vote(Verdict.A), Vote(Verdict.A), Vote(Verdict.B), Vote(Verdict.Tie), Vote(Verdict.BothBad)];
        TrainingPreferences majority = Of(votes);
        Assert.Equal([("good", "bad")], majority.Pairs.Select(p => (p.Chosen, p.Rejected)));
        Assert.Equal(2, majority.LeftOut["ties"]);
        Assert.Empty(Of(votes, TiePolicy.Count).Pairs); // two of five are no majority
        Assert.Equal(5, Of(votes, TiePolicy.Count).LeftOut["votes without a majority"]);
        Assert.Empty(Of(votes, agreement: AgreementPolicy.Unanimous).Pairs);
        Assert.Equal(3, Of(votes, agreement: AgreementPolicy.Unanimous).LeftOut["votes that were not unanimous"]);
        Assert.Equal(2, Of(votes, agreement: AgreementPolicy.Any).Pairs.Count);
        Assert.Empty(Of(votes, agreement: AgreementPolicy.Any).Labels);
        Assert.Equal(2, Of(votes, agreement: AgreementPolicy.Any).LeftOut["answers labelled both good and bad"]);
        Assert.Equal([true, true], Of([Vote(Verdict.Tie)], TiePolicy.Count).Labels.Select(l => l.Good));
        Assert.Equal([false, false], Of([Vote(Verdict.BothBad)], TiePolicy.Count).Labels.Select(l => l.Good));

        static TrainingPreferences Of(Vote[] votes, TiePolicy ties = TiePolicy.Drop, AgreementPolicy agreement = AgreementPolicy.Majority) => TrainingPreferences.Of(votes, new(ties, agreement));
    }

    [Fact]
    public void What_says_nothing_is_left_out_and_counted()
    {
        TrainingPreferences found = TrainingPreferences.Of([Vote(null), Vote(Verdict.A) with { Gold = Verdict.A }, Vote(Verdict.A, "same", "same"), Vote(Verdict.A), Vote(Verdict.A, "good", "worse")], new());
        Assert.Equal(["skips", "votes on gold items", "votes on two equal answers"], found.LeftOut.Keys);
        Assert.Equal(2, found.Pairs.Count);
        Assert.Equal(3, found.Labels.Count); // 'good' won twice and is there once
        Assert.Contains("answer_a", Assert.Throws<VoteException>(() => TrainingPreferences.Of([new("x", "y", Verdict.A) { Item = "9" }], new())).Message);
        Vote twice = Vote(Verdict.A) with { Texts = new JudgedTexts([new EvalMessage("user", "1"), new EvalMessage("user", "2")], "a", "b") };
        (IReadOnlyList<object> records, int refused) = PreferenceFormat.All.Single(f => f.Name == "llama-factory-ranking").Records(TrainingPreferences.Of([twice], new()));
        Assert.Equal((0, 1), (records.Count, refused));
        Vote tool = Vote(Verdict.A) with { Texts = new JudgedTexts([new EvalMessage("user", "1"), new EvalMessage("assistant", "call"), new EvalMessage("observation", "42")], "a", "b") };
        Assert.Contains("{\"from\":\"observation\",\"value\":\"42\"}", Lines("llama-factory-ranking", null, tool)[0]);
        Assert.Contains("{\"role\":\"tool\",\"content\":\"42\"}", Lines("trl-dpo", null, tool)[0]);
    }

    [Fact]
    public void Held_out_samples_are_known_by_their_set_and_by_their_words()
    {
        EvalSet set = EvalSet.Open(Path.Combine(Juxta.Tests.Fixtures.Repository, "evalsets", Directory.EnumerateDirectories(Path.Combine(Juxta.Tests.Fixtures.Repository, "evalsets")).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal).First()));
        EvalMessage[] asked = [.. set.Samples[0].Messages.Where(m => m.Role == "user").Select(m => m with { Content = $"  {m.Content.Replace(" ", "\n ")} " })];
        Vote copied = Vote(Verdict.A) with { Texts = new JudgedTexts(asked, "a", "b") };
        IReadOnlyList<HeldOutVotes> found = HeldOut.Find([copied, Vote(Verdict.A, "an answer", "another"), Vote(Verdict.B) with { Set = "elsewhere" }], [set]);
        Assert.Equal(new HeldOutVotes("elsewhere", 1, null), found.Single(held => held.Set == "elsewhere"));
        HeldOutVotes same = found.Single(held => held.Set == set.Id);
        Assert.Equal((1, set.Samples[0].Id, LeakKind.Question), (same.Votes, same.Found!.Sample, same.Found.Kind));
        Assert.Empty(HeldOut.Find([copied], []));
    }

    [Fact]
    public void A_held_out_sample_in_other_words_is_known_too_and_what_is_let_pass_the_guard_finds_nothing_in()
    {
        EvalSet set = EvalSet.Open(Path.Combine(Juxta.Tests.Fixtures.Repository, "evalsets", "single-turn"));
        Vote Asking(string text) => Vote(Verdict.A) with { Texts = new JudgedTexts([new EvalMessage("user", text)], "a", "b") };
        Vote near = Asking("Why does a metal spoon feel colder than a wooden one in the same cold room?"), copiedAnswer = Vote(Verdict.A, answerA: set.Samples.SelectMany(s => s.References).MaxBy(reference => reference.Length)!), other = Asking("Which of two clocks that differ by a minute is right?");
        Assert.Equal(2, Assert.Single(HeldOut.Find([near, copiedAnswer, other], [set])).Votes);

        var guard = new HeldOutGuard(set);
        foreach (Vote vote in (Vote[])[near, copiedAnswer, other])
        {
            string file = Path.GetTempFileName() + ".jsonl";
            File.WriteAllLines(file, Lines("trl-dpo", null, vote));
            Assert.Equal(HeldOut.Find([vote], [set]).Count > 0, guard.Check(file).Hits.Count > 0);
            File.Delete(file);
        }
    }

    [Fact]
    public void An_adjudicators_verdict_stands_for_the_votes_on_its_item()
    {
        Vote[] votes =
        [
            Vote(Verdict.A) with { Annotator = "p" }, Vote(Verdict.A) with { Annotator = "q" }, Vote(Verdict.A) with { Item = "2" }, Vote(Verdict.A) with { Item = "1", Purpose = VotePurpose.Repeat },
            Vote(Verdict.Tie) with { Annotator = "lead", Purpose = VotePurpose.Adjudication }, (Vote(Verdict.B) with { Annotator = "lead", Purpose = VotePurpose.Adjudication }).Swapped(),
            Vote(null) with { Item = "2", Annotator = "lead", Purpose = VotePurpose.Adjudication },
        ];
        Assert.Equal(3, votes.Count(vote => vote.Battle is not null));
        IReadOnlyList<Vote> applied = Adjudication.Applied(votes);
        Assert.Equal([("2", Verdict.A), ("1", Verdict.B)], applied.Where(vote => vote.Battle is not null).Select(vote => (vote.Item!, vote.Ordered().Verdict!.Value)));
        Vote[] plain = votes[..4];
        Assert.Same(plain, Adjudication.Applied(plain));
        // The last one counts: B of x and y, named the other way round.
        TrainingPreferences found = TrainingPreferences.Of([.. votes.Where(vote => vote.Item == "1")], new());
        Assert.Equal(("bad", "good"), (found.Pairs.Single().Chosen, found.Pairs.Single().Rejected));
        Assert.Equal((1, 3), (found.LeftOut["repeats"], found.LeftOut["votes in whose place an adjudicator's verdict stands"]));
    }

    [Fact]
    public void A_table_of_votes_is_read_back_and_holds_no_formulas()
    {
        Vote vote = new("x", "y", Verdict.BothBad)
        {
            Id = "1", Item = "i", Annotator = "p", ALeft = true, Strength = 1, Reason = "says \"no\", twice", Time = new DateTimeOffset(2026, 11, 30, 1, 2, 3, TimeSpan.Zero), Seconds = 2.5, Set = "s", Language = "zh", Tags = ["a", "b"],
            Criteria = new Dictionary<string, Verdict> { ["fluent"] = Verdict.A },
        };
        var text = new StringWriter();
        VoteTable.Write(text, [vote, new("x", "y", null) { Reason = "=HYPERLINK(1)" }]);
        IReadOnlyList<VoteEvent> read = VoteFile.Read("votes.csv", Encoding.UTF8.GetBytes(text.ToString()));
        Assert.Equal(VoteFile.Line(new VoteEvent(vote)), VoteFile.Line(read[0]));
        Assert.Equal("'=HYPERLINK(1)", read[1].Vote!.Reason);
    }

    [Fact]
    public void Filters_tell_what_there_is()
    {
        Vote[] votes = [Vote(Verdict.A) with { Set = "zh", Tags = ["short"], Annotator = "p" }, Vote(Verdict.B) with { Set = "en" }];
        Assert.Single(new VoteFilter(Set: "zh", Tag: "short", Annotator: "p").Of(votes));
        Assert.Equal(2, new VoteFilter().Of(votes).Count);
        string message = Assert.Throws<VoteException>(() => new VoteFilter(Set: "fr", Language: "fr").Of(votes)).Message;
        Assert.Contains("there are en, zh", message);
        Assert.Contains("language 'fr' (no vote names one)", message);
    }
}
