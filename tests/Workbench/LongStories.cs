using Juxta.Tests;

namespace Juxta.WorkbenchTests;

/// <summary>stories260k with room for answers that take longer than any test.</summary>
static class LongStories
{
    /// <summary>Puts a copy into a folder and returns its path, whose name is that of the model.</summary>
    public static string CopyTo(string parent)
    {
        string source = Fixtures.Require("models", "stories260k");
        string copy = Path.Combine(parent, "stories260k");
        foreach (string file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(copy, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
        string config = Path.Combine(copy, "config.json");
        string text = File.ReadAllText(config);
        Assert.Contains("\"max_position_embeddings\": 512", text);
        File.WriteAllText(config, text.Replace("\"max_position_embeddings\": 512", "\"max_position_embeddings\": 65536"));
        return copy;
    }
}
