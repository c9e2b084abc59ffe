using System.CommandLine;
using Juxta.Engine;

namespace Juxta.Cli;

/// <summary>The options that say what computes a model.</summary>
internal sealed class BackendArguments
{
    readonly Option<string?> _backend = new("--backend") { Description = "What computes the model: cpu (the engine's own kernels, the default) or torchsharp (docs/backends.md)", HelpName = "NAME" };
    readonly Option<string?> _device = new("--device") { Description = "With --backend torchsharp: cuda (the default), cuda:N, mps or cpu", HelpName = "DEVICE" };
    readonly Option<string?> _type = new("--dtype") { Description = "With --backend torchsharp: bf16, f16 or f32; by default bf16 on cuda, f16 on mps, f32 on cpu", HelpName = "TYPE" };

    public void AddTo(Command command)
    {
        command.Add(_backend);
        command.Add(_device);
        command.Add(_type);
    }

    /// <summary>Whether any of them was given.</summary>
    public bool Given(ParseResult parsed) => (parsed.GetValue(_backend) ?? parsed.GetValue(_device) ?? parsed.GetValue(_type)) is not null;

    /// <summary>Null = the engine's own kernels.</summary>
    /// <exception cref="BackendException">A name that is not known, or options that do not go together.</exception>
    public BackendChoice? Read(ParseResult parsed) => BackendChoice.Read(parsed.GetValue(_backend), parsed.GetValue(_device), parsed.GetValue(_type));
}
