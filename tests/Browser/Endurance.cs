namespace Juxta.BrowserTests;

/// <summary>Tests that load a machine of two cores for minutes run, or run whole, only where they are asked for.</summary>
static class Endurance
{
    public const string HowToAsk = "loads the machine for minutes; JUXTA_ENDURANCE=1 runs it";

    public static bool Asked => Environment.GetEnvironmentVariable("JUXTA_ENDURANCE") == "1";
}
