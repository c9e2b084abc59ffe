using Juxta.Engine.Chat;

namespace Juxta.Engine.Diagnosis;

/// <summary>A part of a folder: opened, absent (neither value nor refusal), or refused with a reason.</summary>
internal readonly record struct Opened<T>(T? Value, string? Refusal = null, ModelFault Fault = default)
    where T : class
{
    public bool Refused => Refusal is not null;
}

internal static class Opened
{
    /// <summary>Opens a part; anything that goes wrong is its refusal.</summary>
    public static Opened<T> Try<T>(Func<T?> open)
        where T : class
    {
        try
        {
            return new Opened<T>(open());
        }
        catch (ModelFormatException error)
        {
            return new Opened<T>(null, error.Message, error.Fault);
        }
        catch (ChatTemplateException error)
        {
            return new Opened<T>(null, error.Message);
        }
        catch (Exception error) when (error is not (OperationCanceledException or OutOfMemoryException))
        {
            return new Opened<T>(null, $"{error.GetType().Name}: {error.Message}");
        }
    }
}
