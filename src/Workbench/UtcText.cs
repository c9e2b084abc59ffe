using System.Globalization;

namespace Juxta.Workbench;

/// <summary>A moment for people, the same wherever they read it.</summary>
public static class UtcText
{
    /// <summary>To the minute: 2026-11-30 09:05 UTC.</summary>
    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
