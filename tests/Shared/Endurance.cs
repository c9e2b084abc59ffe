namespace Juxta.Tests;

/// <summary>Tests that load a machine of two cores for minutes run, or run whole, only where they are asked for.</summary>
static class Endurance
{
    public static bool Asked => Environment.GetEnvironmentVariable("JUXTA_ENDURANCE") == "1";
}
