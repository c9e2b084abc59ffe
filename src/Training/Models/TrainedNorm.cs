using Juxta.Engine.Layers;
using Juxta.Training.Gradients;

namespace Juxta.Training.Models;

/// <summary>A norm of a model as training sees it.</summary>
internal sealed class TrainedNorm(RmsNorm norm, ParameterSet parameters)
{
    readonly Parameter _gain = parameters.Vector([new(norm.Module.Path + ".weight", [norm.Channels])], norm.Weight, parameters.Trains(norm.Module.Path));
    readonly bool _trained = parameters.Trains(norm.Module.Path);

    /// <summary>Norms every row, or every head of every row where rows hold several times its channels.</summary>
    public Variable Of(Tape tape, Variable x) => RootMeanSquare.Of(tape, x, _gain, _trained, norm.Epsilon, norm.Offset);
}
