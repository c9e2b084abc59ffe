namespace Juxta.Engine.Tokenization;

/// <summary>Puts special tokens around a sequence: the <c>post_processor</c> section of tokenizer.json, as far as one sequence goes.</summary>
sealed record PostProcessor(IReadOnlyList<int> Before, IReadOnlyList<int> After)
{
    public static PostProcessor None { get; } = new([], []);

    /// <summary>This one's tokens inside, the other's outside.</summary>
    public PostProcessor Then(PostProcessor outer) => new([.. outer.Before, .. Before], [.. After, .. outer.After]);
}
