namespace Juxta.Web.Runs;

/// <summary>A model that can be ticked in the form: a base alone, or with adapters that act together.</summary>
/// <param name="Model">Id of the base.</param>
/// <param name="Adapters">In the order in which they act.</param>
public sealed record Askable(string Model, params IReadOnlyList<string> Adapters)
{
    public string Name => string.Join(" + ", Adapters.Prepend(Model));

    public bool Equals(Askable? other) => other is not null && Name == other.Name;

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}
