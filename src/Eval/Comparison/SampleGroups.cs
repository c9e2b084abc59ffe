using System.Globalization;
using Juxta.Eval.Suites;
using Juxta.Eval.Text;

namespace Juxta.Eval.Comparison;

/// <summary>The samples of a set by tag and by length.</summary>
internal sealed class SampleGroups
{
    const int Quarters = 4;

    readonly (string Name, HashSet<int> Samples)[] _tags, _lengths;

    public SampleGroups(EvalSet set)
    {
        string[] tags = [.. set.Samples.SelectMany(sample => sample.Tags).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        _tags = [.. tags.Select(tag => (tag, Having(set, sample => sample.Tags.Contains(tag))))];
        int[] lengths = [.. set.Samples.Select(LengthOf)];
        int[] ends = [.. Ends([.. lengths.Order()])];
        _lengths = [.. ends.Select((end, i) =>
        {
            int start = i == 0 ? lengths.Min() : ends[i - 1] + 1;
            return ($"{(start == end ? "" : Number(start) + "–")}{Number(end)} characters", Having(set, sample => LengthOf(sample) is int length && length >= start && length <= end));
        })];
    }

    public IReadOnlyList<GroupDifference> ByTag(MetricDifference difference) => Of(_tags, difference);

    public IReadOnlyList<GroupDifference> ByLength(MetricDifference difference) => Of(_lengths, difference);

    /// <summary>Code points of the first reference; of the last question where there is none.</summary>
    static int LengthOf(EvalSample sample) => PythonText.CodePoints(sample.References.Count > 0 ? sample.References[0] : sample.Messages[^1].Content);

    /// <summary>Where each quarter of the samples ends; fewer where lengths are the same.</summary>
    static IEnumerable<int> Ends(int[] sorted) => Enumerable.Range(1, Quarters).Select(quarter => sorted[(int)((long)quarter * sorted.Length / Quarters) - (sorted.Length >= Quarters ? 1 : quarter < Quarters ? 0 : 1)]).Distinct();

    static string Number(int length) => length.ToString(CultureInfo.InvariantCulture);

    static HashSet<int> Having(EvalSet set, Func<EvalSample, bool> fits) => [.. Enumerable.Range(0, set.Samples.Count).Where(i => fits(set.Samples[i]))];

    static List<GroupDifference> Of((string Name, HashSet<int> Samples)[] groups, MetricDifference difference)
    {
        var found = new List<GroupDifference>();
        foreach ((string name, HashSet<int> samples) in groups)
        {
            int[] rows = [.. Enumerable.Range(0, difference.Scored.Samples.Count).Where(row => samples.Contains(difference.Scored.Samples[row]))];
            if (rows.Length > 0) found.Add(GroupDifference.Of(name, difference, rows));
        }
        return found;
    }
}
