using Juxta.Engine;
using Juxta.Training.Corpora;
using Juxta.Training.Recipes;
using Juxta.Training.Samples;

namespace Juxta.Training.Runs;

/// <summary>Files of preference pairs → what is trained on: the two answers to a prompt, each a sample whose last answer carries the loss.</summary>
public static class PreferencePairs
{
    /// <param name="mode">A name of <see cref="SampleRecipes"/> that makes one sample of a conversation; null = last.</param>
    /// <exception cref="RequestException">A file cannot be read, or a pair becomes no samples: names the file and the line.</exception>
    public static List<TrainingItem> Read(IEnumerable<string> files, string? mode, RecipeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(files);
        SampleRecipe recipe = SampleRecipes.Find(mode ?? "last").Create(settings);
        return [.. files.SelectMany(PreferenceFile.Read).Select(pair => new TrainingItem(Sample(recipe, pair.Chosen, "chosen"), pair.Place) { Rejected = Sample(recipe, pair.Rejected, "rejected") })];
    }

    static TrainingSample Sample(SampleRecipe recipe, CorpusRecord record, string which)
    {
        try
        {
            TrainingSample[] samples = [.. recipe.Samples(record)];
            if (samples.Length != 1) throw new SampleException($"this mode makes {samples.Length} samples of an answer; use the mode last or instruction");
            return samples[0].LossTokens > 0 ? samples[0] : throw new SampleException("nothing of the answer is left within the lengths allowed; allow more tokens");
        }
        catch (SampleException e)
        {
            throw new RequestException($"{record.Place}: {which}: {e.Message}", "file");
        }
    }
}
