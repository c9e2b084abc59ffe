using Juxta.Training.Corpora;
using Juxta.Training.Recipes;
using Juxta.Training.Samples;

namespace Juxta.Training.Preview;

/// <summary>What became of one record.</summary>
/// <param name="Record">The record.</param>
/// <param name="Samples">Its samples; none when it was refused.</param>
/// <param name="Refusal">Why no sample can be made of it; null when there are some.</param>
public sealed record SampledRecord(CorpusRecord Record, IReadOnlyList<TrainingSample> Samples, string? Refusal);

/// <summary>A training file through a recipe, record by record.</summary>
public static class SampledFile
{
    /// <param name="path">As <see cref="CorpusFile.Read"/> takes it.</param>
    /// <param name="mode">A name of <see cref="SampleRecipes"/>; null = session for conversations and pretrain for texts.</param>
    /// <param name="settings">For the recipe.</param>
    /// <param name="unit">What one text of a plain text file is.</param>
    /// <exception cref="Engine.RequestException">The file cannot be read; comes when that place is reached.</exception>
    /// <exception cref="SampleException">The recipe does not fit the model at all.</exception>
    public static IEnumerable<SampledRecord> Read(string path, string? mode, RecipeSettings settings, TextUnit unit = TextUnit.Line)
    {
        ArgumentNullException.ThrowIfNull(settings);
        SampleRecipe? given = mode is null ? null : SampleRecipes.Find(mode).Create(settings), session = given, pretrain = given;
        return CorpusFile.Read(path, unit).Select(record => Sample(record, record.Dialogue is not null
            ? session ??= SampleRecipes.Find("session").Create(settings)
            : pretrain ??= SampleRecipes.Find("pretrain").Create(settings)));
    }

    static SampledRecord Sample(CorpusRecord record, SampleRecipe recipe)
    {
        try
        {
            return new SampledRecord(record, [.. recipe.Samples(record)], null);
        }
        catch (SampleException e)
        {
            return new SampledRecord(record, [], e.Message);
        }
    }
}

/// <summary>Sums over the records of a file.</summary>
public sealed class SampleTotals
{
    public int Records { get; private set; }

    public int Refused { get; private set; }

    public int Samples { get; private set; }

    public long Tokens { get; private set; }

    /// <summary>Tokens that carry loss.</summary>
    public long LossTokens { get; private set; }

    /// <summary>Tokens of the longest sample.</summary>
    public int Longest { get; private set; }

    /// <summary>Samples that were cut.</summary>
    public int Shortened { get; private set; }

    public SampleCuts Cuts { get; private set; }

    public void Add(SampledRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Records++;
        if (record.Refusal is not null) Refused++;
        foreach (TrainingSample sample in record.Samples)
        {
            Samples++;
            Tokens += sample.Length;
            LossTokens += sample.LossTokens;
            Longest = Math.Max(Longest, sample.Length);
            if (sample.Cuts.Any) Shortened++;
            Cuts += sample.Cuts;
        }
    }
}
