using Juxta.Workbench;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Juxta.Server.Hosting;

/// <summary>The keys that seal what pages hand to browsers. They lie in the data folder, so that an open page outlives a restart of the server.</summary>
internal static class PageKeys
{
    public static void Keep(WebApplicationBuilder builder, WorkbenchOptions workbench)
    {
        IDataProtectionBuilder keys = builder.Services.AddDataProtection().SetApplicationName("juxta");
        if (workbench.Ephemeral) keys.UseEphemeralDataProtectionProvider();
        else keys.PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(workbench.DataFolder ?? WorkbenchOptions.DefaultDataFolder, "keys")));

        // It warns that the keys are not encrypted; the folder is the user's own.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
    }
}
