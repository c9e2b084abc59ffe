using Juxta.Engine;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Chat.Formats;

namespace Juxta.Web.Chat.Transfer;

/// <summary>What a page offers to download: which conversations, in which format, and what the file will hold, known before it is downloaded.</summary>
public sealed class ConversationExport(Conversations conversations)
{
    int _requests;

    /// <summary>What is offered changed.</summary>
    public event Action? Changed;

    /// <summary>The conversation on show; null = there is only the whole list.</summary>
    public Guid? Current { get; private set; }

    /// <summary>All conversations and not only <see cref="Current"/>.</summary>
    public bool All { get; private set; } = true;

    public ConversationFormat Format { get; private set; } = ConversationFormats.All[0];

    /// <summary>What the file will be; null while that is found out, and when there can be none.</summary>
    public ExportPreview? Preview { get; private set; }

    /// <summary>Why there can be none.</summary>
    public Notice? Failure { get; private set; }

    /// <summary>Where the file is downloaded from.</summary>
    public string Address => ExportEndpoints.AddressOf(Format.Name, All ? null : Current);

    /// <summary>Begins with the conversation on show.</summary>
    public Task OpenAsync(Guid? current)
    {
        (Current, All) = (current, current is null);
        return LookAsync();
    }

    public Task ChooseAsync(bool all)
    {
        All = all || Current is null;
        return LookAsync();
    }

    public Task ChooseAsync(ConversationFormat format)
    {
        Format = format;
        return LookAsync();
    }

    /// <summary>Makes the file to see what it holds. What was asked for last is what stays.</summary>
    async Task LookAsync()
    {
        int request = Interlocked.Increment(ref _requests);
        (Preview, Failure) = (null, null);
        Changed?.Invoke();
        ExportPreview? preview = null;
        Notice? failure = null;
        try
        {
            ExportedFile file = await Task.Run(() => conversations.ExportAsync(Format.Name, All ? null : [Current!.Value]));
            preview = new ExportPreview(file.Name, file.Content.Length, file.LeftOut);
        }
        catch (RequestException e)
        {
            failure = new Notice("Nothing to download", e.Message);
        }
        catch (Exception e)
        {
            failure = Notices.Of(e);
        }
        if (request != Volatile.Read(ref _requests)) return;
        (Preview, Failure) = (preview, failure);
        Changed?.Invoke();
    }
}

/// <summary>A file to download.</summary>
/// <param name="LeftOut">Conversations that the format cannot hold, each with the reason.</param>
public sealed record ExportPreview(string Name, long Bytes, IReadOnlyList<string> LeftOut);
