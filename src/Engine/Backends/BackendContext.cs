using System.Reflection;
using System.Runtime.Loader;

namespace Juxta.Engine.Backends;

/// <summary>A backend's assemblies and native libraries, found by its own deps.json; the engine's assembly is the program's.</summary>
internal sealed class BackendContext(string file) : AssemblyLoadContext("juxta backend")
{
    readonly AssemblyDependencyResolver _resolver = new(file);

    protected override Assembly? Load(AssemblyName name) =>
        name.Name != typeof(BackendContext).Assembly.GetName().Name && _resolver.ResolveAssemblyToPath(name) is { } path ? LoadFromAssemblyPath(path) : null;

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
