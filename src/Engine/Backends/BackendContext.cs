using System.Reflection;
using System.Runtime.Loader;

namespace Juxta.Engine.Backends;

/// <summary>A backend's assemblies and native libraries, found by its own deps.json; the engine's assembly is the program's.</summary>
internal sealed class BackendContext(string file) : AssemblyLoadContext("juxta backend")
{
    readonly AssemblyDependencyResolver _resolver = new(file);

    protected override Assembly? Load(AssemblyName name) =>
        name.Name != typeof(BackendContext).Assembly.GetName().Name && _resolver.ResolveAssemblyToPath(name) is { } path ? LoadFromAssemblyPath(path) : null;

    /// <exception cref="BackendException">It is there, but the system does not load it.</exception>
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        if (_resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is not { } path) return 0;
        try
        {
            return LoadUnmanagedDllFromPath(path);
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException)
        {
            // The system's own words stand last.
            string reason = failure.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];
            string remedy = reason.Contains("GLIBC", StringComparison.Ordinal)
                ? "it needs a newer system: libstdc++ of GCC 13, as in Debian 13 or Ubuntu 24.04"
                : "it may belong to another system or be incomplete: publish the backend again";
            throw new BackendException($"loading the backend's {path}: {reason}; {remedy} (docs/backends.md). Without --backend the engine's own kernels compute on the CPU", failure);
        }
    }
}
