using Juxta.Engine.Generation;
using Juxta.Engine.Tokenization;
using Juxta.Workbench.Compare;

namespace Juxta.Web.Compare;

/// <summary>What one column shows of its difference to another: its own text in pieces, and a remark. While answers stream it is worked out a few times a second.</summary>
internal sealed class PairView
{
    static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    long? _drawn;

    /// <summary>The column's text as the diff cuts it; null where there is nothing to compare it with, or nobody looks.</summary>
    public IReadOnlyList<DiffPiece>? Pieces { get; private set; }

    /// <summary>Where the column leaves the reference; null for the reference itself and while both are the same.</summary>
    public string? Remark { get; private set; }

    /// <summary>The column that another is compared with: the reference; for the reference itself the only other one with an answer.</summary>
    public static Column? Partner(CompareSession session, Column column)
    {
        Column? reference = session.Reference;
        if (reference?.Key != column.Key) return reference is { Live: not null } ? reference : null;
        Column[] others = [.. session.Columns.Where(other => other.Key != column.Key && other.Live is not null)];
        return others.Length == 1 ? others[0] : null;
    }

    /// <param name="session">The page.</param>
    /// <param name="column">The one that is drawn; it has an answer.</param>
    /// <param name="partner">As <see cref="Partner"/> says.</param>
    /// <param name="time">For the pace.</param>
    /// <param name="redraw">At once, whatever the pace.</param>
    public void Update(CompareSession session, Column column, Column? partner, TimeProvider time, bool redraw)
    {
        if (partner is null)
        {
            (Pieces, Remark) = (null, null);
            return;
        }
        bool running = column.Live!.Outcome is null || partner.Live!.Outcome is null;
        if (running && !redraw && _drawn is long drawn && time.GetElapsedTime(drawn) < Pace) return;
        _drawn = time.GetTimestamp();

        bool mine = session.Reference?.Key == column.Key;
        IReadOnlyList<GeneratedToken> own = column.Live.Tokens, others = partner.Live!.Tokens;
        Tokenizer? vocabulary = session.Opened(column.Contestant!.Choice.Model)?.Tokenizer;
        bool remote = CompareSession.Elsewhere(column) || CompareSession.Elsewhere(partner);
        bool comparable = !remote && (column.Contestant.Choice.Model == partner.Contestant!.Choice.Model
            || DivergenceText.Comparable(vocabulary, session.Opened(partner.Contestant.Choice.Model)?.Tokenizer, own.Concat(others).Where(token => token.Id is not null).Select(token => token.Id!.Value)));
        Divergence? found = comparable ? Divergence.FindSettled(mine ? own : others, mine ? others : own) : null;
        Remark = mine ? null : Words(session, partner, vocabulary, remote, comparable, found, running);
        if (session.View is not AnswerView.Diff)
        {
            Pieces = null;
            return;
        }
        AnswerDiff diff = AnswerDiff.Compare(mine ? own : others, mine ? others : own);
        Pieces = DiffPieces.Cut(mine ? diff.Reference : diff.Other, mine ? found?.LeftPosition : found?.RightPosition, TextLength(own, found));
    }

    static string? Words(CompareSession session, Column reference, Tokenizer? vocabulary, bool remote, bool comparable, Divergence? found, bool running)
    {
        string name = Column.Letter(session.Columns.Index().First(column => column.Item.Key == reference.Key).Index);
        if (remote) return $"Another server wrote this or {name}, without token ids: the two can be compared as texts only.";
        if (!comparable) return $"Its vocabulary is not that of {name}: token by token the two cannot be compared.";
        if (found is not null) return DivergenceText.Describe(found, name, vocabulary);
        return running ? null : $"Token by token the same as {name}.";
    }

    /// <summary>Characters that the first different token shows on this side.</summary>
    static int TextLength(IReadOnlyList<GeneratedToken> own, Divergence? found) =>
        found is null ? 0 : own.Where(token => token.Id is not null).Skip(found.Token).FirstOrDefault()?.Text.Length ?? 0;
}
