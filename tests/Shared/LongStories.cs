namespace Juxta.Tests;

/// <summary>The weights of stories260k with sixteen times its context: with the end of sequence ignored, an answer long enough to be met half-way.</summary>
static class LongStories
{
    public const string Name = "stories-long";

    /// <summary>Writes the checkpoint below a folder; skips the test where the fixture is absent.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="context">Tokens that it holds.</param>
    public static string In(string folder, int context = 8192)
    {
        string source = Fixtures.Require("models", "stories260k");
        string copy = Directory.CreateDirectory(Path.Combine(folder, Name)).FullName;
        foreach (string file in Directory.GetFiles(source)) File.WriteAllBytes(Path.Combine(copy, Path.GetFileName(file)), File.ReadAllBytes(file));
        string config = Path.Combine(copy, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"max_position_embeddings\": 512", $"\"max_position_embeddings\": {context}", StringComparison.Ordinal));
        return copy;
    }
}
