using Juxta.Eval.Preferences;
using Juxta.Eval.Ratings;
using Juxta.Eval.Suites;
using Juxta.Workbench.Storage;
using Juxta.Workbench.Studies;

namespace Juxta.Workbench.Votes;

/// <summary>
/// The items of imported votes, as they are met: votes with one item's name share it, as long as conversation and answers are the same where both have them. Votes
/// without a name and without texts are on an item each.
/// </summary>
internal sealed class ImportedItems(IReadOnlyList<string> models)
{
    sealed class Item(int number, Vote first, int answers)
    {
        public int Number => number;

        public Vote First => first;

        public IReadOnlyList<EvalMessage>? Messages { get; set; }

        /// <summary>By model; null where it is in no pair, empty where no vote has its text.</summary>
        public string?[] Answers { get; } = new string?[answers];

        public bool Fits(JudgedTexts texts, int a, int b) => (Messages is null || Messages.SequenceEqual(texts.Messages)) && Same(Answers[a], texts.AnswerA) && Same(Answers[b], texts.AnswerB);

        static bool Same(string? known, string text) => string.IsNullOrEmpty(known) || known == text;
    }

    readonly List<Item> _items = [];
    readonly Dictionary<string, List<Item>> _byName = new(StringComparer.Ordinal);
    readonly Dictionary<Vote, (int, int, int)> _placed = new(ReferenceEqualityComparer.Instance);

    /// <summary>The item's number, and the numbers of its two answers, the smaller one first.</summary>
    public (int Item, int First, int Second) Place(Vote vote)
    {
        if (_placed.TryGetValue(vote, out (int, int, int) known)) return known;
        (int a, int b) = Numbers(vote);
        string name = $"{(vote.Gold is null ? "" : "gold ")}{vote.Item}";
        if (!_byName.TryGetValue(name, out List<Item>? same)) _byName[name] = same = [];
        Item? item = vote.Texts is { } texts ? same.FirstOrDefault(one => one.Fits(texts, a, b)) : vote.Item is null ? null : same.FirstOrDefault();
        if (item is null)
        {
            item = new Item(_items.Count, vote, vote.Gold is null ? models.Count : 2);
            _items.Add(item);
            same.Add(item);
        }
        item.Messages ??= vote.Texts?.Messages;
        foreach ((int model, string? text) in ((int, string?)[])[(a, vote.Texts?.AnswerA), (b, vote.Texts?.AnswerB)])
            if (string.IsNullOrEmpty(item.Answers[model])) item.Answers[model] = text ?? "";
        return _placed[vote] = (item.Number, Math.Min(a, b), Math.Max(a, b));
    }

    /// <summary>Whether the vote's A has the smaller number.</summary>
    public bool FirstIsA(Vote vote) => Numbers(vote) is var (a, b) && a < b;

    public IReadOnlyList<EvalMessage> Messages(ShowingRow row) => _items[row.Item].Messages ?? [];

    public (string Left, string Right) Texts(ShowingRow row)
    {
        string?[] answers = _items[row.Item].Answers;
        return row.FirstIsLeft ? (answers[row.First]!, answers[row.Second]!) : (answers[row.Second]!, answers[row.First]!);
    }

    public IEnumerable<StudyItemRow> Rows(Guid study) => _items.Select(item => new StudyItemRow
    {
        StudyId = study, Number = item.Number, Gold = item.First.Gold is not null, Answered = StoredJson.Write(item.Answers.Index().Where(answer => answer.Item is not null).Select(answer => answer.Index)),
        Value = new StudyItem(Sample(item), item.Messages ?? [], [.. item.Answers.Select(text => text is null ? null : new StudyAnswer(text, null))])
        {
            Suite = item.First.Set, Language = item.First.Language, Tags = item.First.Tags, Gold = item.First.Gold is not null,
        },
    });

    /// <summary>Of a gold item the good answer comes first.</summary>
    (int A, int B) Numbers(Vote vote) => vote.Gold switch
    {
        Verdict.A => (0, 1),
        Verdict.B => (1, 0),
        _ => (Index(vote.A), Index(vote.B)),
    };

    int Index(string model) => models.Index().First(one => one.Item == model).Index;

    /// <summary>The item's name without its set's, which an export writes before it.</summary>
    static string Sample(Item item) => item.First.Item is not { } name ? $"{item.Number + 1}"
        : item.First.Set is { } set && name.StartsWith(set + "/", StringComparison.Ordinal) ? name[(set.Length + 1)..] : name;
}
