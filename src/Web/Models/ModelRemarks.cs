using Juxta.Engine;

namespace Juxta.Web.Models;

/// <summary>What people should know of a model that works all the same.</summary>
internal static class ModelRemarks
{
    public static IEnumerable<string> Of(LanguageModel model) => model.NotKept is { } why ? model.Warnings.Append(Sentence(why)) : model.Warnings;

    static string Sentence(string line) => $"{char.ToUpperInvariant(line[0])}{line[1..]}.";
}
