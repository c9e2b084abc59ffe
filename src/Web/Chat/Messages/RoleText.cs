using Juxta.Workbench.Chat;

namespace Juxta.Web.Chat.Messages;

/// <summary>Who speaks, in words.</summary>
internal static class RoleText
{
    public static string Name(string role) => role switch
    {
        Roles.User => "You",
        Roles.Assistant => "Assistant",
        Roles.System => "System",
        Roles.Tool => "Tool result",
        Roles.Observation => "Observation",
        _ => role,
    };
}
