namespace Juxta.Engine.Weights;

/// <summary>Lists of names in messages: all that fit, then how many more.</summary>
internal static class NameList
{
    const int Shown = 20;

    public static string Join(IReadOnlyCollection<string> names, string separator = ", ") =>
        string.Join(separator, names.Take(Shown)) + (names.Count > Shown ? $"{separator}… and {names.Count - Shown} more" : "");
}
