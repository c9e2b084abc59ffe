using System.Text;
using Juxta.Eval.Preferences;
using Juxta.Eval.Ratings;
using Juxta.Eval.Suites;

namespace Juxta.EvalTests.Preferences;

public sealed class VoteFileTests
{
    static IReadOnlyList<VoteEvent> Read(params string[] lines) => VoteFile.Read("votes.jsonl", Encoding.UTF8.GetBytes(string.Join('\n', lines)));

    static readonly Vote Full = new("base", "tuned", Verdict.B)
    {
        Id = "7", Item = "zh-helpdesk/3", Annotator = "ann", ALeft = false, Strength = 2, Reason = "更准确", Seconds = 12.5, Set = "zh-helpdesk", Language = "zh", Gold = Verdict.B, Purpose = VotePurpose.Repeat,
        Criteria = new Dictionary<string, Verdict> { ["correct"] = Verdict.B, ["fluent"] = Verdict.Tie },
        Time = new DateTimeOffset(2026, 11, 30, 7, 0, 0, TimeSpan.Zero), Tags = ["refund", "short"],
        Texts = new JudgedTexts([new EvalMessage("system", "s"), new EvalMessage("user", "怎么退款?")], "no", "yes"),
    };

    [Fact]
    public void A_vote_survives_the_file_whole()
    {
        string line = VoteFile.Line(new VoteEvent(Full, "6"));
        Assert.Contains("更准确", line);
        Assert.Contains("\"winner\":\"b\"", line);
        VoteEvent read = Read(line)[0];
        Assert.Equal("6", read.Undoes);
        Assert.Equal(line, VoteFile.Line(read));
        Assert.Equivalent(Full, read.Vote, strict: true);
        VoteEvent least = Read("""{"a":"x","b":"y","winner":"skip","item":3}""")[0];
        Assert.Equal(("3", (Verdict?)null, (Battle?)null), (least.Vote!.Item, least.Vote.Verdict, least.Vote.Battle));
        Assert.Equal("""{"item":"3","a":"x","b":"y","winner":"skip"}""", VoteFile.Line(least));
    }

    [Fact]
    public void Swapping_turns_everything_that_speaks_of_sides()
    {
        Vote swapped = Full.Swapped();
        Assert.Equal(("tuned", "base", (Verdict?)Verdict.A, (bool?)true, (Verdict?)Verdict.A), (swapped.A, swapped.B, swapped.Verdict, swapped.ALeft, swapped.Gold));
        Assert.Equal(Verdict.A, swapped.Criteria["correct"]);
        Assert.Equal("yes", swapped.Texts!.AnswerA);
        Assert.Equal(Full.LeftWon, swapped.LeftWon);
        Assert.True(Full.LeftWon);
        Assert.Equivalent(Full, swapped.Swapped(), strict: true);
        Assert.Equal("base", swapped.Ordered().A);
    }

    [Fact]
    public void Undo_and_correction_are_lines_of_their_own()
    {
        IReadOnlyList<VoteEvent> events = Read(
            """{"id":"1","a":"x","b":"y","winner":"a"}""",
            """{"id":"2","a":"x","b":"y","winner":"b"}""",
            """{"undoes":"1"}""",
            """{"id":"3","undoes":"2","a":"x","b":"y","winner":"tie"}""");
        Assert.Equal(["3"], VoteEvent.Standing(events).Select(v => v.Id));
        Assert.Contains("'9'", Assert.Throws<VoteException>(() => VoteEvent.Standing(Read("""{"undoes":"9"}"""))).Message);
        Assert.Contains("taken back twice", Assert.Throws<VoteException>(() => VoteEvent.Standing([.. events, new VoteEvent(null, "1")])).Message);
        Assert.Contains("every event has its own", Assert.Throws<VoteException>(() => VoteEvent.Standing([events[0], events[0]])).Message);
    }

    [Fact]
    public void Tables_are_read_too()
    {
        Vote vote = VoteFile.Read("votes.csv", Encoding.UTF8.GetBytes("item,a,b,winner,annotator,strength,tags\n1,x,y,a,ann,3,one; two\n"))[0].Vote!;
        Assert.Equal(("1", "x", "ann", 3), (vote.Item, vote.A, vote.Annotator, vote.Strength!.Value));
        Assert.Equal(["one", "two"], vote.Tags);
    }

    [Theory]
    [InlineData("""{"a":"x","b":"y"}""", "winner")]
    [InlineData("""{"a":"x","b":"y","winner":"left"}""", "a, b, tie, both_bad or skip")]
    [InlineData("""{"a":"x","b":"x","winner":"a"}""", "compares two models")]
    [InlineData("""{"a":"x","b":"y","winner":"a","left":"x"}""", "shown on the left")]
    [InlineData("""{"a":"x","b":"y","winner":"a","strength":4}""", "much better")]
    [InlineData("""{"a":"x","b":"y","winner":"a","time":"yesterday"}""", "2026-11-30")]
    [InlineData("""{"a":"x","b":"y","winner":"a","seconds":-1}""", "0 or more")]
    [InlineData("""{"a":"x","b":"y","winner":"a","seconds":"soon"}""", "a number")]
    [InlineData("""{"a":"x","b":"y","winner":"a","gold":"skip"}""", "tie or both_bad")]
    [InlineData("""{"a":"x","b":"y","winner":"a","criteria":{"fluent":"left"}}""", "criteria.fluent")]
    [InlineData("""{"a":"x","b":"y","winner":"a","messages":[{"role":"user","content":"q"}],"answer_a":"1"}""", "answer_b")]
    [InlineData("""{"a":"x",""", "not valid JSON")]
    public void Faults_name_the_line_and_what_was_expected(string line, string told)
    {
        VoteException error = Assert.Throws<VoteException>(() => Read("""{"a":"x","b":"y","winner":"a"}""", line));
        Assert.StartsWith("votes.jsonl:2: ", error.Message);
        Assert.Contains(told, error.Message);
    }
}
