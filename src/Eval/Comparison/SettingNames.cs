using System.Globalization;
using Juxta.Eval.Suites;

namespace Juxta.Eval.Comparison;

/// <summary>Settings in words: only what a set does not do anyway.</summary>
public static class SettingNames
{
    /// <summary><c>2 shots, target ≤ 128</c>; <c>plain</c> where nothing is bounded or added.</summary>
    public static string Of(SuiteSetting setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        string[] parts =
        [
            .. setting.FewShot > 0 ? [Say($"{setting.FewShot} {(setting.FewShot == 1 ? "shot" : "shots")}")] : (string[])[],
            .. setting.HistoryTurns is { } turns ? [Say($"{turns} earlier {(turns == 1 ? "round" : "rounds")}")] : (string[])[],
            .. setting.MaxSourceLength is { } source ? [Say($"source ≤ {source}")] : (string[])[],
            .. setting.MaxTargetLength is { } target ? [Say($"target ≤ {target}")] : (string[])[],
        ];
        return parts.Length == 0 ? "plain" : string.Join(", ", parts);
    }

    static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
