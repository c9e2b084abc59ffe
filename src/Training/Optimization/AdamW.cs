using Juxta.Engine.Kernels;
using Juxta.Training.Gradients;

namespace Juxta.Training.Optimization;

/// <summary>
/// AdamW (Loshchilov and Hutter 2019): m = β₁m + (1−β₁)g, v = β₂v + (1−β₂)g², θ = θ − lr·(m̂/(√v̂ + ε) + λθ), with m̂ and v̂ corrected for their beginning at zero
/// (Kingma and Ba 2015). λ acts on matrices only.
/// </summary>
internal sealed class AdamW : IDisposable
{
    readonly IReadOnlyList<Parameter> _parameters;
    readonly Parameter[] _moments;
    readonly AdamWSettings _settings;

    public AdamW(IReadOnlyList<Parameter> parameters, AdamWSettings settings)
    {
        (_parameters, _settings) = (parameters, settings);
        // A moment's value is m and its gradient v: two arrays of the parameter's shape, saved and read together.
        _moments = [.. parameters.Select(parameter => new Parameter(parameter.Tensors, parameter.Rows, parameter.Columns, decays: false))];
    }

    /// <summary>Steps taken.</summary>
    public long Steps { get; set; }

    /// <summary>First moments (value) and second (gradient), in the parameters' order.</summary>
    public IReadOnlyList<Parameter> Moments => _moments;

    /// <summary>One step along the gradients, which are cleared.</summary>
    /// <param name="rate">Learning rate of this step.</param>
    /// <param name="scale">Factor on every gradient: clipping, and the mean over accumulated passes.</param>
    public void Step(WorkerPool pool, double rate, double scale)
    {
        Steps++;
        double correction1 = 1 - Math.Pow(_settings.Beta1, Steps), correction2 = 1 - Math.Pow(_settings.Beta2, Steps);
        for (int i = 0; i < _parameters.Count; i++)
        {
            Parameter parameter = _parameters[i], moments = _moments[i];
            double decay = parameter.Decays ? rate * _settings.WeightDecay : 0;
            Work.EachRow(pool, parameter.Rows, row => Update(
                parameter.Value.Row(row), parameter.Gradient.Row(row), moments.Value.Row(row), moments.Gradient.Row(row), (float)scale, (float)(rate / correction1),
                (float)(1 / Math.Sqrt(correction2)), (float)decay));
            parameter.Changed();
        }
    }

    void Update(Span<float> values, Span<float> gradients, Span<float> first, Span<float> second, float scale, float rate, float root, float decay)
    {
        float beta1 = (float)_settings.Beta1, beta2 = (float)_settings.Beta2, epsilon = (float)_settings.Epsilon;
        for (int i = 0; i < values.Length; i++)
        {
            float gradient = gradients[i] * scale;
            first[i] = (beta1 * first[i]) + ((1 - beta1) * gradient);
            second[i] = (beta2 * second[i]) + ((1 - beta2) * gradient * gradient);
            values[i] -= (rate * first[i] / ((MathF.Sqrt(second[i]) * root) + epsilon)) + (decay * values[i]);
            gradients[i] = 0;
        }
    }

    public void Dispose()
    {
        foreach (Parameter moments in _moments) moments.Dispose();
    }
}

/// <summary>The constants of <see cref="AdamW"/>; PyTorch's where nothing is said.</summary>
public sealed record AdamWSettings
{
    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.999;

    public double Epsilon { get; init; } = 1e-8;

    public double WeightDecay { get; init; }
}
