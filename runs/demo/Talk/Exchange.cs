namespace Juxta.Demo.Talk;

/// <summary>The two languages of the corpus.</summary>
internal enum Language
{
    Chinese,
    English,
}

/// <summary>A question and its answer.</summary>
internal sealed record Exchange(string Question, string Answer)
{
    /// <summary>The subject it belongs to, for tags.</summary>
    public string Topic { get; init; } = "courtesy";

    /// <summary>Reserve one answer in so many, to whatever question; null = one pair of question and answer in forty.</summary>
    public uint? ReservedByAnswer { get; init; }

    /// <summary>Whether training must not see it, chosen by FNV-1a, so a pair is on the same side wherever it occurs.</summary>
    public bool HeldOut
    {
        get
        {
            uint hash = 2166136261;
            foreach (char character in ReservedByAnswer is null ? $"{Question}\n{Answer}" : Answer) hash = (hash ^ character) * 16777619;
            return (hash ^ (hash >> 15)) % (ReservedByAnswer ?? 40) == 0;
        }
    }
}

/// <summary>Something to talk about. Another one is a class in Subjects/ and a line in <see cref="Conversations"/>.</summary>
internal abstract class Subject
{
    /// <summary>What it is called in tags: animals, sums …</summary>
    public string Name => GetType().Name.ToLowerInvariant();

    /// <summary>Some exchanges; those after the first refer to what came before.</summary>
    public abstract IEnumerable<Exchange> Exchanges(Draw draw, Language language);
}
