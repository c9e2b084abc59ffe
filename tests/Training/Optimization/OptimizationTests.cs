using Juxta.Engine.Kernels;
using Juxta.Training.Gradients;
using Juxta.Training.Optimization;

namespace Juxta.TrainingTests.Optimization;

public sealed class OptimizationTests
{
    [Fact]
    public void AdamW_moves_as_its_paper_says()
    {
        using var pool = new WorkerPool(1);
        using var matrix = new Parameter([new("matrix", [1, 3])], 1, 3, decays: true);
        using var bias = new Parameter([new("bias", [1, 3])], 1, 3, decays: false);
        var settings = new AdamWSettings { Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-6, WeightDecay = 0.1 };
        using var optimiser = new AdamW([matrix, bias], settings);
        double[] value = [1, -2, 0.5], plain = [1, -2, 0.5], m = new double[3], v = new double[3];
        foreach (Parameter parameter in (Parameter[])[matrix, bias]) for (int i = 0; i < 3; i++) parameter.Value.Row(0)[i] = (float)value[i];
        for (int step = 1; step <= 20; step++)
        {
            double rate = 0.01 * step;
            for (int i = 0; i < 3; i++)
            {
                double gradient = Math.Sin((step * 3) + i);
                matrix.Gradient.Row(0)[i] = bias.Gradient.Row(0)[i] = (float)(gradient / 0.25);
                m[i] = (0.8 * m[i]) + (0.2 * gradient);
                v[i] = (0.95 * v[i]) + (0.05 * gradient * gradient);
                double move = rate * (m[i] / (1 - Math.Pow(0.8, step))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.95, step))) + 1e-6);
                value[i] -= move + (rate * 0.1 * value[i]);
                plain[i] -= move;
            }
            optimiser.Step(pool, rate, scale: 0.25);
        }
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(value[i], matrix.Value.Row(0)[i], 1e-5);
            Assert.Equal(plain[i], bias.Value.Row(0)[i], 1e-5);
            Assert.Equal(0, matrix.Gradient.Row(0)[i]);
        }
    }

    [Fact]
    public void The_rate_warms_up_and_falls_to_its_last_share()
    {
        var cosine = new LearningRate(1, RateShape.Cosine, WarmUpSteps: 10, LastShare: 0.1);
        Assert.Equal(0.1, cosine.At(0, 110), 12);
        Assert.Equal(1, cosine.At(9, 110), 12);
        Assert.Equal(1, cosine.At(10, 110), 12);
        Assert.Equal(0.55, cosine.At(60, 110), 12);
        Assert.Equal(0.1, cosine.At(110, 110), 12);
        Assert.Equal(0.75, new LearningRate(1, RateShape.Linear).At(25, 100), 12);
        Assert.Equal(0.3, new LearningRate(0.3, RateShape.Constant).At(99, 100), 12);
    }

    [Fact]
    public void Long_gradients_are_cut_to_the_limit_and_short_ones_left()
    {
        using var parameter = new Parameter([new("p", [2, 2])], 2, 2, decays: true);
        for (int row = 0; row < 2; row++) parameter.Gradient.Row(row).Fill(3);
        Assert.Equal(6, GradientNorm.Of([parameter]), 12);
        Assert.Equal(1 / 6.0, GradientNorm.ClipFactor(6, 1), 12);
        Assert.Equal(1, GradientNorm.ClipFactor(0.5, 1));
        Assert.Equal(1, GradientNorm.ClipFactor(6, 0));
    }
}
