using System.CommandLine;
using Juxta.Engine.Tokenization;
using Juxta.Training.Preview;
using Juxta.Training.Recipes;
using Juxta.Training.Samples;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta train --preview</c>: the samples that training files become, and which of their tokens carry loss. Needs a tokenizer and no weights.</summary>
internal static class SamplePreview
{
    /// <returns>1 where a record was refused.</returns>
    public static int Show(ParseResult parsed, string folder, IEnumerable<string> files, SampleArguments arguments, int? packLength, bool json, int show)
    {
        Tokenizer tokenizer = Tokenizer.Load(folder);
        RecipeSettings settings = arguments.Settings(parsed, tokenizer);
        bool refused = false;
        foreach (string path in files)
        {
            using var picture = new SamplePicture(tokenizer, json, show);
            var totals = new SampleTotals();
            IEnumerable<TrainingSample> samples = arguments.Read(parsed, path, settings).SelectMany(record =>
            {
                totals.Add(record);
                picture.Show(record);
                return record.Samples;
            });
            int packs = packLength is int most ? SamplePacking.FirstFit(samples, most).Count() : samples.Count(_ => false);
            picture.Show(Path.GetFileName(path), totals, packLength is int full ? new Packs(packs, full) : null);
            refused |= totals.Refused > 0;
        }
        return refused ? 1 : 0;
    }
}

/// <summary>What packing makes of a file's samples.</summary>
/// <param name="Count">Packed samples.</param>
/// <param name="Length">Tokens of a full one.</param>
internal sealed record Packs(int Count, int Length);
