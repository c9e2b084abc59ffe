using Juxta.Training.Corpora;
using Juxta.Training.Samples;

namespace Juxta.Training.Recipes;

/// <summary>How training samples are made of the records of a corpus. Another recipe is a class and a line in <see cref="SampleRecipes"/>.</summary>
public abstract class SampleRecipe
{
    /// <summary>The samples of one record, in order.</summary>
    /// <exception cref="SampleException">None can be made of it.</exception>
    public abstract IEnumerable<TrainingSample> Samples(CorpusRecord record);
}
