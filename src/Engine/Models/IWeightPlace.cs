using Juxta.Engine.Weights;

namespace Juxta.Engine.Models;

/// <summary>Where a model's large weights go instead of being packed for this machine's kernels. The layers then hold empty matrices that compute nothing.</summary>
internal interface IWeightPlace
{
    /// <summary>Whether the model will compute there, and so needs what is computed of the checkpoint once, its own P-Tuning v2 prefix.</summary>
    bool Computes { get; }

    /// <summary>Takes the weight of one module, or of several with the same input, stacked.</summary>
    /// <param name="path">The first module's path in the checkpoint.</param>
    /// <param name="weights">Views that are valid during the call only, unless the checkpoint stays open.</param>
    /// <returns>How the stacked weight's rows are read.</returns>
    RowReader Take(string path, IReadOnlyList<StoredMatrix> weights);
}
