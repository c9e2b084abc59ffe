using Juxta.Engine;
using Juxta.Eval.Suites;
using Juxta.Workbench;

namespace Juxta.Web.Chat;

/// <summary>Something a person should read: what could not be done, and what to do about it.</summary>
public sealed record Notice(string Title, string Text);

/// <summary>Which failures a page survives, and in which words it tells them.</summary>
internal static class Notices
{
    /// <summary>Every failure becomes a notice, so that a page never dies of one; only being cancelled is silent.</summary>
    public static Notice? Of(Exception exception) => exception switch
    {
        OperationCanceledException => null,
        EngineBusyException => new("The engine is busy", exception.Message),
        ModelFormatException => new("This cannot be loaded", exception.Message),
        SuiteException => new("This run or set cannot be used", exception.Message),
        RequestException { Parameter: { } parameter } => new($"Please check {parameter}", exception.Message),
        RequestException => new("This cannot be answered as it stands", exception.Message),
        NotFoundException => new("Not found", exception.Message),
        WorkbenchException => new("Not now", exception.Message),
        IOException or UnauthorizedAccessException => new("The disk refused", exception.Message),
        _ => new("Something went wrong", $"{exception.GetType().Name}: {exception.Message}"),
    };
}
