namespace Juxta.Engine.Chat;

/// <summary>
/// What one rendering may use. Templates come with checkpoints, so they are untrusted: each bound ends the rendering with a
/// <see cref="ChatTemplateException"/> that names the bound, its value and the template's line.
/// </summary>
public sealed record ChatTemplateLimits
{
    /// <summary>Enough for a 10 MB message through any published template; small enough that a hostile one is over in seconds.</summary>
    public static ChatTemplateLimits Default { get; } = new();

    /// <summary>Wall time of one rendering.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Evaluated expressions, executed statements and visited items together.</summary>
    public long Steps { get; init; } = 20_000_000;

    /// <summary>Macro, block and recursive-loop calls inside one another.</summary>
    public int CallDepth { get; init; } = 200;

    /// <summary>UTF-16 units of one string, the rendered prompt included.</summary>
    public int StringLength { get; init; } = 64 * 1024 * 1024;

    /// <summary>UTF-16 units of all strings made during one rendering; an item of a list or dict counts as eight.</summary>
    public long Allocation { get; init; } = 512L * 1024 * 1024;

    /// <summary>Bits of one integer.</summary>
    public int IntegerBits { get; init; } = 65_536;
}
