namespace Juxta.Cli;

/// <summary>The small chat model that comes with Juxta (runs/demo says how it was made): what there is to talk to when nobody names another.</summary>
internal static class DemoModel
{
    /// <summary>Its folder; null where it is not there.</summary>
    public static string? Folder => Shipped.Folder(Path.Combine("models", "demo")) is { } demo && File.Exists(Path.Combine(demo, "config.json")) ? demo : null;
}
