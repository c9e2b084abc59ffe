using Juxta.Training.Corpora;

namespace Juxta.Workbench.Chat.Formats;

/// <summary>A kind of file that conversations are written to and read from. Another kind is a class and a line in <see cref="ConversationFormats"/>.</summary>
public abstract class ConversationFormat
{
    /// <summary>Names it in calls: <c>sharegpt</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Says to a person what it is.</summary>
    public abstract string Label { get; }

    /// <summary>Of its files, with the dot.</summary>
    public abstract string Extension { get; }

    public abstract string MediaType { get; }

    /// <summary>False for a format that is only written.</summary>
    public virtual bool CanImport => true;

    /// <summary>The field by which a record of this format is known; null for a format that is only written.</summary>
    internal virtual string? TellingField => null;

    /// <summary>Whether a record, an object, looks like one of this format.</summary>
    internal virtual bool Recognises(JsonField record) => TellingField is { } field && record.Find(field) is not null;

    /// <summary>Whether it keeps the generations with their steps; reading those takes time.</summary>
    internal virtual bool KeepsGenerations => false;

    /// <summary>Why a conversation cannot be written without losing something that the format is meant to keep; null when it can.</summary>
    internal virtual string? Obstacle(PortableConversation conversation) => null;

    internal abstract void Write(IReadOnlyList<PortableConversation> conversations, TextWriter to);

    /// <summary>The conversations of one record of a file.</summary>
    /// <exception cref="Engine.RequestException">Names the file, the line and the field at fault.</exception>
    internal abstract IEnumerable<PortableConversation> Read(JsonField record);
}
