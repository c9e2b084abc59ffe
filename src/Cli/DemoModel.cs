namespace Juxta.Cli;

/// <summary>The small chat model that comes with Juxta (runs/demo says how it was made): what there is to talk to when nobody names another.</summary>
internal static class DemoModel
{
    /// <summary>Its folder: <c>models/demo</c> beside the program, else in the checkout that the program was built in; null where it is not there.</summary>
    public static string? Folder
    {
        get
        {
            DirectoryInfo program = new(AppContext.BaseDirectory);
            DirectoryInfo? checkout = program;
            while (checkout is not null && !File.Exists(Path.Combine(checkout.FullName, "Juxta.slnx"))) checkout = checkout.Parent;
            return new[] { program, checkout }.OfType<DirectoryInfo>().Select(root => Path.Combine(root.FullName, "models", "demo")).FirstOrDefault(demo => File.Exists(Path.Combine(demo, "config.json")));
        }
    }
}
