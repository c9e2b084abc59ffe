using System.Runtime.InteropServices;
using System.Text.Json;
using Juxta.Engine.Memory;
using Juxta.Engine.Weights;
using Juxta.Training.Gradients;
using Juxta.Training.Optimization;

namespace Juxta.Training.Runs;

/// <summary>
/// What a run needs to go on: its parameters and moments, f32, and how far it was. A folder <c>checkpoint-N</c> is written under another name, brought to the disk and
/// renamed, so that one that is there is whole; the one before it is deleted after that.
/// </summary>
internal static class RunCheckpoint
{
    const string Prefix = "checkpoint-", StateFile = "state.json", TensorFile = "state.safetensors";

    sealed record State(int Step, string Fingerprint);

    public static void Save(string runFolder, int step, string fingerprint, IReadOnlyList<Parameter> parameters, AdamW optimiser)
    {
        string folder = Path.Combine(runFolder, Prefix + step), temporary = folder + ".part";
        if (Directory.Exists(folder)) return;
        if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        Directory.CreateDirectory(temporary);
        using (FileStream file = File.Create(Path.Combine(temporary, TensorFile)))
        {
            SafeTensorsWriter.WriteHeader(file, Tensors(parameters, optimiser).Select(tensor => (tensor.Name, DType.F32, new[] { checked((int)tensor.Parameter.Count) })));
            foreach ((_, Parameter parameter, bool second) in Tensors(parameters, optimiser))
            {
                Matrix numbers = second ? parameter.Gradient : parameter.Value;
                for (int row = 0; row < numbers.Rows; row++) file.Write(MemoryMarshal.AsBytes(numbers.Row(row)));
            }
            file.Flush(flushToDisk: true);
        }
        File.WriteAllText(Path.Combine(temporary, StateFile), JsonSerializer.Serialize(new State(step, fingerprint)));
        Directory.Move(temporary, folder);
        foreach ((int older, string path) in Folders(runFolder))
            if (older < step) Directory.Delete(path, recursive: true);
    }

    /// <returns>False when there is no checkpoint.</returns>
    public static unsafe bool Load(string runFolder, string fingerprint, IReadOnlyList<Parameter> parameters, AdamW optimiser)
    {
        (int step, string folder) = Folders(runFolder).OrderBy(found => found.Step).LastOrDefault();
        if (folder is null) return false;
        State state;
        try
        {
            state = JsonSerializer.Deserialize<State>(File.ReadAllText(Path.Combine(folder, StateFile))) ?? throw new JsonException("it is empty");
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new TrainingException($"going on from {folder}: {StateFile} cannot be read ({e.Message}); delete that folder to begin anew", e);
        }
        if (state.Fingerprint != fingerprint)
            throw new TrainingException($"going on from {folder}: that run had other settings, another model or other samples; give another output folder, or delete this one to begin anew");
        using SafeTensorsFile file = SafeTensorsFile.Open(Path.Combine(folder, TensorFile));
        foreach ((string name, Parameter parameter, bool second) in Tensors(parameters, optimiser))
        {
            if (!file.Tensors.TryGetValue(name, out TensorView tensor) || tensor.Elements != parameter.Count)
                throw new TrainingException($"going on from {folder}: {TensorFile} lacks {name} with {parameter.Count} numbers; delete that folder to begin anew");
            Matrix numbers = second ? parameter.Gradient : parameter.Value;
            for (int row = 0; row < numbers.Rows; row++)
                new ReadOnlySpan<float>((float*)tensor.Data + ((long)row * numbers.Columns), numbers.Columns).CopyTo(numbers.Row(row));
            parameter.Changed();
        }
        optimiser.Steps = step;
        return true;
    }

    static IEnumerable<(string Name, Parameter Parameter, bool Second)> Tensors(IReadOnlyList<Parameter> parameters, AdamW optimiser)
    {
        for (int i = 0; i < parameters.Count; i++)
        {
            yield return (parameters[i].Name, parameters[i], false);
            yield return (parameters[i].Name + ".first_moment", optimiser.Moments[i], false);
            yield return (parameters[i].Name + ".second_moment", optimiser.Moments[i], true);
        }
    }

    static IEnumerable<(int Step, string Path)> Folders(string runFolder)
    {
        if (!Directory.Exists(runFolder)) yield break;
        foreach (string folder in Directory.GetDirectories(runFolder, Prefix + "*"))
            if (int.TryParse(Path.GetFileName(folder)[Prefix.Length..], out int step)) yield return (step, folder);
    }
}
