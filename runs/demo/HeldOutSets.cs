using Juxta.Eval.Suites;

namespace Juxta.Demo;

/// <summary>Proves that eval sets are held out: no sample's question with one of its references was taught; a sample without references must ask what was never asked.</summary>
internal static class HeldOutSets
{
    /// <param name="folder">A folder of sets, or one set.</param>
    /// <param name="output">Gets a line for every sample that was taught, and one for every set.</param>
    /// <returns>Whether all are held out.</returns>
    /// <exception cref="SuiteException">There is no set, or one is not fit for use.</exception>
    public static bool Check(string folder, TextWriter output)
    {
        string[] sets = [.. Directory.EnumerateFiles(folder, EvalSet.FileName, SearchOption.AllDirectories).Select(file => Path.GetDirectoryName(file)!).Order(StringComparer.Ordinal)];
        if (sets.Length == 0) throw new SuiteException($"{folder}: there is no {EvalSet.FileName} in it or below");
        Taught taught = Taught.All;
        bool heldOut = true;
        foreach (EvalSet set in sets.Select(EvalSet.Open))
        {
            EvalSample[] known = [.. set.Samples.Where(sample => Knows(taught, sample))];
            foreach (EvalSample sample in known) output.WriteLine($"{set.Id}: {sample.Id} (line {sample.Line}) was taught: {sample.Messages[^1].Content}");
            output.WriteLine($"{set.Id}: {known.Length} of {set.Samples.Count} samples were taught");
            heldOut &= known.Length == 0;
        }
        return heldOut;
    }

    static bool Knows(Taught taught, EvalSample sample)
    {
        string question = sample.Messages[^1].Content;
        return sample.References.Count == 0 ? taught.Has(question) : sample.References.Any(reference => taught.Has(question, reference));
    }
}
