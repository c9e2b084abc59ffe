using System.Security.Cryptography;
using System.Text;
using Juxta.Engine;
using Juxta.Eval.Suites;
using Juxta.Workbench.Studies;

namespace Juxta.Workbench.Votes;

/// <summary>What an annotator sends.</summary>
public sealed record Ballot(Judgement Verdict)
{
    public const int Slightly = 1, Clearly = 2, Much = 3, LongestReason = 10_000;

    /// <summary>How much better the better one is: <see cref="Slightly"/>, <see cref="Clearly"/>, <see cref="Much"/>.</summary>
    public int? Strength { get; init; }

    /// <summary>Which one is better by a criterion of the study: A, B or a tie.</summary>
    public IReadOnlyDictionary<string, Judgement> Criteria { get; init; } = new Dictionary<string, Judgement>();

    public string? Reason { get; init; }

    /// <summary>While the pair was on show and the page was visible.</summary>
    public TimeSpan Spent { get; init; }

    /// <summary>When it was sent, by the annotator's clock.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <exception cref="RequestException">The study does not take it.</exception>
    internal void Check(StudyPlan plan)
    {
        if (Reason?.Length > LongestReason) throw new RequestException($"the reason has {Reason.Length} characters; at most {LongestReason} are kept", "reason");
        if (plan.Reason is ReasonRule.Required && Verdict is not Judgement.Skip && string.IsNullOrWhiteSpace(Reason))
            throw new RequestException("this study asks for a reason with each vote: write one, then vote", "reason");
        if (Strength is < Slightly or > Much) throw new RequestException($"a strength of {Strength} is none; give {Slightly} to {Much} or nothing", "strength");
        if (Criteria.Keys.FirstOrDefault(name => !plan.Criteria.Contains(name)) is { } unknown)
            throw new RequestException($"'{unknown}' is no criterion of this study; there are [{string.Join(", ", plan.Criteria)}]", "criteria");
        if (Criteria.FirstOrDefault(one => one.Value is not (Judgement.A or Judgement.B or Judgement.Tie)).Key is { } wrong)
            throw new RequestException($"by '{wrong}' one answer is better or both are the same: a, b or tie", "criteria");
    }
}

/// <summary>A ballot that is not filled in to its end.</summary>
public sealed record Draft
{
    public int? Strength { get; init; }

    public IReadOnlyDictionary<string, Judgement> Criteria { get; init; } = new Dictionary<string, Judgement>();

    public string? Reason { get; init; }

    /// <summary>So far.</summary>
    public TimeSpan Spent { get; init; }
}

/// <summary>SHA-256, lower-case hex, of what was on the screen: UTF-8 of the conversation (role, line feed, text, line feed per message) and of each answer.</summary>
public sealed record ShownHashes(string Conversation, string Left, string Right)
{
    public static ShownHashes Of(IEnumerable<EvalMessage> messages, string left, string right) =>
        new(Hash(string.Concat(messages.Select(message => $"{message.Role}\n{message.Content}\n"))), Hash(left), Hash(right));

    static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
