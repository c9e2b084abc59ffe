namespace Juxta.Cli;

/// <summary>What comes with Juxta beside the program.</summary>
internal static class Shipped
{
    /// <summary>A folder beside the program, else in the checkout that the program was built in; null where it is in neither.</summary>
    public static string? Folder(string path)
    {
        DirectoryInfo program = new(AppContext.BaseDirectory);
        DirectoryInfo? checkout = program;
        while (checkout is not null && !File.Exists(Path.Combine(checkout.FullName, "Juxta.slnx"))) checkout = checkout.Parent;
        return new[] { program, checkout }.OfType<DirectoryInfo>().Select(root => Path.Combine(root.FullName, path)).FirstOrDefault(Directory.Exists);
    }
}
