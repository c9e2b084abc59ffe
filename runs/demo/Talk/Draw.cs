using System.Globalization;

namespace Juxta.Demo.Talk;

/// <summary>The dice of the corpus: the same seed throws the same conversations.</summary>
internal sealed class Draw(int seed)
{
    readonly Random _random = new(seed);

    /// <summary>A whole number, both ends included.</summary>
    public int Number(int from, int to) => _random.Next(from, to + 1);

    public bool Chance(double share) => _random.NextDouble() < share;

    public T Of<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    public string Of(params string[] choices) => choices[_random.Next(choices.Length)];

    /// <summary>One of the templates, with <c>{0}</c>, <c>{1}</c> … filled in.</summary>
    public string Filled(string[] templates, params object[] values) => string.Format(CultureInfo.InvariantCulture, Of(templates), values);
}
