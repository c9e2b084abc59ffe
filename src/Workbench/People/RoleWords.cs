namespace Juxta.Workbench.People;

/// <summary>Roles in words.</summary>
public static class RoleWords
{
    public static string Word(this Role role) => role is Role.Admin ? "administrator" : role.ToString().ToLowerInvariant();
}
