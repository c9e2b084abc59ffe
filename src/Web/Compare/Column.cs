using Juxta.Web.Chat.Messages;
using Juxta.Workbench.Compare;
using Juxta.Workbench.Models;

namespace Juxta.Web.Compare;

/// <summary>One column of the page.</summary>
/// <param name="Key">Its identity while the page is open.</param>
/// <param name="Choice">Who answers here next.</param>
public sealed record Column(int Key, ModelChoice Choice)
{
    /// <summary>Its place in the comparison on show; null for a column added since.</summary>
    public int? Place { get; init; }

    /// <summary>Who answered in the comparison on show.</summary>
    public Contestant? Contestant { get; init; }

    /// <summary>The answer, finished or not; null until it began.</summary>
    public LiveAnswer? Live { get; init; }

    public bool Running => Contestant is { Waiting: true } || Live is { Outcome: null };

    /// <summary>"A" for the first, "B" for the second.</summary>
    public static string Letter(int index) => ((char)('A' + index)).ToString();
}

/// <summary>How answers are written.</summary>
public enum AnswerView
{
    /// <summary>As Markdown means it.</summary>
    Markdown,

    /// <summary>To the letter.</summary>
    Plain,

    /// <summary>To the letter, with what differs from the reference marked.</summary>
    Diff,
}
