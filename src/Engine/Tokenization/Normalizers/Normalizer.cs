namespace Juxta.Engine.Tokenization.Normalizers;

/// <summary>Rewrites text before it is split: the <c>normalizer</c> section of tokenizer.json.</summary>
abstract class Normalizer
{
    public abstract string Apply(string text);
}

/// <summary>Several normalizers, one after another.</summary>
sealed class NormalizerSequence(IReadOnlyList<Normalizer> normalizers) : Normalizer
{
    public override string Apply(string text) => normalizers.Aggregate(text, (current, normalizer) => normalizer.Apply(current));
}

/// <summary>A normalizer that is one function.</summary>
sealed class FunctionNormalizer(Func<string, string> function) : Normalizer
{
    public override string Apply(string text) => function(text);
}
