using System.Reflection;

namespace Juxta.Engine.Backends;

/// <summary>Finds a backend's assembly beside the program and loads it with what it needs, apart from the program's own assemblies.</summary>
internal static class BackendLoader
{
    /// <summary>Names another folder than <c>torchsharp/</c> beside the program.</summary>
    public const string FolderVariable = "JUXTA_TORCHSHARP";

    const string AssemblyName = "Juxta.Engine.TorchSharp", TypeName = AssemblyName + ".TorchBackend";

    static readonly Lock Gate = new();
    static readonly Dictionary<string, IBackend> Loaded = new(StringComparer.Ordinal);

    /// <summary>The backend of that name; each is loaded once.</summary>
    /// <exception cref="BackendException">It is not installed, or made for another version of Juxta.</exception>
    public static IBackend Find(BackendChoice choice)
    {
        string folder = Path.GetFullPath(Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named ? named : Path.Combine(AppContext.BaseDirectory, choice.Name));
        string file = Path.Combine(folder, AssemblyName + ".dll");
        lock (Gate)
        {
            if (Loaded.TryGetValue(file, out IBackend? known)) return known;
            if (!File.Exists(file))
                throw new BackendException(
                    $"the backend {choice.Name} is not installed: there is no {file}. Build it from Juxta's source: dotnet publish src/Engine.TorchSharp -c Release -o {folder} -p:TorchBundle=TorchSharp-cuda-linux " +
                    "(or TorchSharp-cuda-windows, TorchSharp-cpu); docs/backends.md tells more. Without --backend the engine's own kernels compute on the CPU");
            return Loaded[file] = Load(choice.Name, file);
        }
    }

    static IBackend Load(string name, string file)
    {
        try
        {
            Assembly assembly = new BackendContext(file).LoadFromAssemblyPath(file);
            return (IBackend)Activator.CreateInstance(assembly.GetType(TypeName, throwOnError: true)!, nonPublic: true)!;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            throw new BackendException(
                $"the backend {name} could not be loaded from {file}: {(failure.InnerException ?? failure).Message.ReplaceLineEndings(" ")} " +
                "It was probably built for another version of Juxta: build it again from this version's source (docs/backends.md)", failure);
        }
    }
}
