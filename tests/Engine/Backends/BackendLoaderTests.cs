using System.Reflection;
using System.Runtime.InteropServices;
using Juxta.Engine;
using Juxta.Engine.Backends;
using Juxta.EngineTests.Scheduling;
using Juxta.EngineTests.Weights;
using Juxta.Tests;

namespace Juxta.EngineTests.Backends;

/// <summary>A backend that is absent or broken says so in one line, and the engine's own kernels go on working.</summary>
public sealed class BackendLoaderTests
{
    static readonly BackendChoice Choice = BackendChoice.Read("torchsharp", "cpu")!;

    static string Story => Fixtures.Require("models", "stories260k");

    [Fact]
    public async Task One_that_is_not_installed_says_how_to_install_it()
    {
        using var empty = new TempFolder();
        BackendException error = Refusal(empty.Path);
        Assert.Contains($"the backend torchsharp is not installed: there is no {empty.File("Juxta.Engine.TorchSharp.dll")}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"dotnet publish src/Engine.TorchSharp -c Release -o {empty.Path} -p:TorchBundle=", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);

        using LanguageModel model = LanguageModel.Open(Story, threads: 1);
        Assert.Null(model.Backend);
        await using var engine = new InferenceEngine(model, new EngineOptions { CacheTokens = 64 });
        Assert.Equal(3, (await engine.Run(Runs.Greedy(3, 1, 2))).Ids.Length);
    }

    [Fact]
    public void One_of_another_version_is_to_be_built_again()
    {
        using TempFolder other = new(), damaged = new();
        File.Copy(typeof(BackendLoaderTests).Assembly.Location, other.File("Juxta.Engine.TorchSharp.dll"));
        Assert.Contains("It was probably built for another version of Juxta: build it again", Refusal(other.Path).Message, StringComparison.Ordinal);
        damaged.Write("Juxta.Engine.TorchSharp.dll", "no assembly");
        Assert.Contains("could not be loaded from", Refusal(damaged.Path).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_native_library_that_the_system_does_not_load_is_named_in_one_line()
    {
        using var folder = new TempFolder();
        string file = folder.File("Backend.dll");
        File.Copy(typeof(FactAttribute).Assembly.Location, file);
        string name = OperatingSystem.IsWindows() ? "native.dll" : OperatingSystem.IsMacOS() ? "libnative.dylib" : "libnative.so";
        folder.Write(name, "no library");
        Assembly assembly = new BackendContext(file).LoadFromAssemblyPath(file);
        BackendException error = Assert.Throws<BackendException>(() => NativeLibrary.TryLoad("native", assembly, null, out _));
        Assert.StartsWith($"loading the backend's {folder.File(name)}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("publish the backend again", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    static BackendException Refusal(string folder)
    {
        string? before = Environment.GetEnvironmentVariable(BackendLoader.FolderVariable);
        Environment.SetEnvironmentVariable(BackendLoader.FolderVariable, folder);
        try
        {
            return Assert.Throws<BackendException>(() => LanguageModel.Open(Story, threads: 1, backend: Choice));
        }
        finally
        {
            Environment.SetEnvironmentVariable(BackendLoader.FolderVariable, before);
        }
    }
}
