using System.Globalization;
using Juxta.Eval.Agreement;
using Juxta.Eval.Proportions;
using Juxta.Eval.Significance;

namespace Juxta.Cli.Commands;

/// <summary>How numbers of votes are told: JSON has null where there is no value, tables have a dash.</summary>
internal static class RateNumbers
{
    public static double? Shown(double value) => double.IsFinite(value) ? value : null;

    public static object Json(ResampledInterval interval) => new { value = Shown(interval.Value), low = Shown(interval.Low), high = Shown(interval.High), undefined_resamples = interval.Undefined };

    public static object Json(CountedShare share) => new { count = share.Successes, of = share.Total, share = Shown(share.Share), low = share.Interval?.Low, high = share.Interval?.High };

    public static object Json(SideBias sides) => new { left_wins = sides.LeftWins, right_wins = sides.RightWins, left_share = Shown(sides.Share), low = sides.Interval?.Low, high = sides.Interval?.High, p_value = sides.PValue };

    public static string Text(ResampledInterval i) => double.IsNaN(i.Value) ? "–" : double.IsNaN(i.Low) ? Text($"{i.Value:F3}") : Text($"{i.Value:F3} ({i.Low:F3} to {i.High:F3})");

    public static string Text(CountedShare s) => s.Interval is { } i ? Text($"{s.Successes}/{s.Total}, {Percent(s.Share)} ({Percents(i)})") : "–";

    public static string Text(SideBias s) => s.Interval is { } i ? Text($"{s.LeftWins}/{s.Decided}, {Percent(s.Share)} ({Percents(i)}), p = {s.PValue:G3}") : "–";

    public static string Percent(double share) => double.IsNaN(share) ? "–" : Text($"{share * 100:F1} %");

    static string Percents(ProportionInterval i) => Text($"{i.Low * 100:F1} to {i.High * 100:F1}");

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
