using System.Text;
using System.Text.Json;
using Juxta.Engine;
using Juxta.Eval.Suites;

namespace Juxta.Workbench.Runs;

/// <summary>How large a key/value cache keeps the batch full with the samples of some sets.</summary>
public static class RunCache
{
    const int UsualAnswer = 256, TemplateTokensPerMessage = 16;

    /// <summary>Tokens for as many sequences as the engine runs at once, each as long as the longest can be; a quarter of the memory at most.</summary>
    /// <param name="model">Whose cache it is.</param>
    /// <param name="sets">What is run.</param>
    /// <param name="sequences">How many run at once.</param>
    public static int Tokens(LanguageModel model, IReadOnlyList<EvalSet> sets, int sequences)
    {
        ArgumentNullException.ThrowIfNull(model);
        ModelDescription shape = model.Description;
        long most = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 / Math.Max(1, model.CacheTokenBytes);
        long longest = Math.Min(shape.ContextLength, sets.Max(Longest));
        return (int)Math.Clamp(Math.Max(shape.ContextLength, sequences * longest), 1, Math.Min(most, int.MaxValue));
    }

    /// <summary>A token stands for a byte or more, but for those of the template.</summary>
    static long Longest(EvalSet set) => set.Settings.Max(setting => set.Samples.Max(sample =>
    {
        IReadOnlyList<EvalMessage> prompt = set.Prompt(sample, setting);
        int source = prompt.Sum(message => Encoding.UTF8.GetByteCount(message.Content) + TemplateTokensPerMessage) + (sample.Tools?.GetRawText().Length ?? 0);
        int answer = setting.MaxTargetLength ?? (set.Generation.TryGetValue("max_tokens", out JsonElement given) && given.TryGetInt32(out int tokens) ? tokens : UsualAnswer);
        int reference = sample.References.Count > 0 ? Encoding.UTF8.GetByteCount(sample.References[0]) : 0;
        return (long)Math.Min(source, setting.MaxSourceLength ?? int.MaxValue) + Math.Max(answer, reference) + TemplateTokensPerMessage;
    }));
}
