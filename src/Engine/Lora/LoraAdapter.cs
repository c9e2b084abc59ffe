namespace Juxta.Engine.Lora;

/// <summary>A PEFT adapter bound to one base model: per module of the base, what it changes.</summary>
public sealed class LoraAdapter : IDisposable
{
    readonly ModuleDelta?[] _deltas;

    internal LoraAdapter(string name, string folder, ModuleDelta?[] deltas, int? vocabulary)
    {
        Name = name;
        Folder = folder;
        _deltas = deltas;
        Vocabulary = vocabulary;
    }

    public string Name { get; }

    public string Folder { get; }

    /// <summary>Rows of the head where the adapter resized the vocabulary, else null.</summary>
    public int? Vocabulary { get; }

    /// <summary>The change to the module at <paramref name="moduleIndex"/> of the base's module table, or null.</summary>
    internal ModuleDelta? Delta(int moduleIndex) => _deltas[moduleIndex];

    public void Dispose()
    {
        foreach (ModuleDelta? delta in _deltas) delta?.Dispose();
    }
}
