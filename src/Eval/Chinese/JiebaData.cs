using Juxta.Eval.Metrics;

namespace Juxta.Eval.Chinese;

/// <summary>Where jieba's dictionary and model lie. They are installed, not part of this program (<see cref="JiebaPackages"/> fetches them).</summary>
public static class JiebaData
{
    /// <summary>jieba's dictionary: <c>word frequency tag</c> lines.</summary>
    public const string DictionaryFile = "dict.txt";

    /// <summary>The hidden Markov model in cppjieba's format.</summary>
    public const string ModelFile = "hmm_model.utf8";

    /// <summary>$JUXTA_JIEBA, or <c>jieba</c> in Juxta's data folder.</summary>
    public static string Folder => Environment.GetEnvironmentVariable("JUXTA_JIEBA") is { Length: > 0 } set
        ? set
        : Path.Combine(
            Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } data
                ? data
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share"),
            "juxta", "jieba");

    /// <summary>Whether both files are there.</summary>
    public static bool Installed => File.Exists(Path.Combine(Folder, DictionaryFile)) && File.Exists(Path.Combine(Folder, ModelFile));

    /// <summary>The folder, once both files are there.</summary>
    /// <exception cref="JiebaMissingException">They are not; the message says how to get them.</exception>
    public static string Find() => Installed
        ? Folder
        : throw new JiebaMissingException(
            $"Chinese words need jieba's dictionary, which is not in {Folder}: run 'juxta metrics --install-jieba' (npm and a network needed), or put {DictionaryFile} of npm {JiebaPackages.Dictionary} and {ModelFile} of npm {JiebaPackages.Model} there yourself; JUXTA_JIEBA names another folder");
}

/// <summary>A metric needs jieba's data and it is not installed.</summary>
public sealed class JiebaMissingException(string message) : MetricException(message);
