using Juxta.Engine.Layers;
using Juxta.Training.Gradients;

namespace Juxta.Training.Models;

/// <summary>A layer norm of a model as training sees it.</summary>
internal sealed class TrainedLayerNorm(LayerNorm norm, ParameterSet parameters)
{
    readonly Parameter _gain = parameters.Vector([new(norm.Module.Path + ".weight", [norm.Weight.Length])], norm.Weight, parameters.Trains(norm.Module.Path));
    readonly Parameter _bias = parameters.Vector([new(norm.Module.Path + ".bias", [norm.Bias.Length])], norm.Bias, parameters.Trains(norm.Module.Path));
    readonly bool _trained = parameters.Trains(norm.Module.Path);

    public Variable Of(Tape tape, Variable x) => LayerNormalization.Of(tape, x, _gain, _bias, _trained, norm.Epsilon);
}
