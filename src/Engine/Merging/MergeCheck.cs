using Juxta.Engine.Models;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Merging;

/// <summary>Reads a written checkpoint's headers as anyone who opens it will, before it gets its name.</summary>
internal static class MergeCheck
{
    /// <exception cref="ModelFormatException">Its family would not read it as it was meant.</exception>
    public static void Compare(string folder, MergePlan plan)
    {
        CheckpointConfig config = CheckpointConfig.Read(Path.Combine(folder, "config.json"));
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        using var survey = new ModelSurvey(ModelFamilies.Find(config), config, checkpoint);
        checkpoint.ThrowIfIncomplete();
        bool tied = survey.Modules.Modules.Any(module => module.TiedTo is not null);
        string[] lost = [.. plan.Tensors.Where(tensor => tensor.Merged).Select(tensor => tensor.Name).Intersect(checkpoint.Unused())];
        if (survey.Shape.Vocabulary == plan.Vocabulary && (tied == plan.Tied || plan.Tensors.Count == 0) && lost.Length == 0) return;
        throw new ModelFormatException(
            $"{folder}: the merged checkpoint would not be read as it was meant (vocabulary {survey.Shape.Vocabulary} for {plan.Vocabulary}, head {(tied ? "tied" : "of its own")}, left out: {NameList.Join(lost)}); nothing was kept", folder);
    }
}
