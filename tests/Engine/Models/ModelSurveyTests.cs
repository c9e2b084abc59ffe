using Juxta.Engine.Kernels;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;
using Juxta.Tests;

namespace Juxta.EngineTests.Models;

/// <summary>A survey knows of every family's checkpoint what the loaded decoder knows, and reads the same rows.</summary>
public sealed class ModelSurveyTests
{
    [Theory]
    [MemberData(nameof(FixtureFamilyTests.Cases), MemberType = typeof(FixtureFamilyTests))]
    public void Modules_and_rows_are_those_of_the_decoder(string name)
    {
        string folder = Fixtures.Require("models", name);
        using var pool = new WorkerPool(1);
        using Decoder decoder = TestModels.OpenDecoder(folder, pool);
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        CheckpointConfig config = CheckpointConfig.Read(Path.Combine(folder, "config.json"));
        using var survey = new ModelSurvey(ModelFamilies.Find(config), config, checkpoint);
        Assert.Empty(checkpoint.Problems);
        Assert.Empty(checkpoint.Unused());
        Assert.Equal(decoder.Shape, survey.Shape);
        Assert.Equal(decoder.Modules.Count, survey.Modules.Count);
        foreach ((AdaptableModule expected, AdaptableModule found) in decoder.Modules.Modules.Zip(survey.Modules.Modules))
        {
            Assert.Equal((expected.Path, expected.Kind, expected.Rows, expected.Columns, expected.TiedTo), (found.Path, found.Kind, found.Rows, found.Columns, found.TiedTo));
            Assert.Equal(expected.Bias, found.Bias);
            foreach (int row in (int[])[0, expected.Rows / 2, expected.Rows - 1])
            {
                float[] left = new float[expected.Columns], right = new float[expected.Columns];
                expected.ReadRow(row, left);
                found.ReadRow(row, right);
                Assert.Equal(left, right);
            }
        }
    }
}
