using Juxta.Engine;
using Juxta.Training.Corpora;

namespace Juxta.Workbench.Chat.Formats;

/// <summary>The formats there are.</summary>
public static class ConversationFormats
{
    public static IReadOnlyList<ConversationFormat> All { get; } = [new JuxtaFormat(), new MarkdownFormat(), new MessagesFormat(), new ShareGptFormat(), new AlpacaFormat()];

    /// <exception cref="RequestException">There is none of that name.</exception>
    public static ConversationFormat Find(string name) => All.FirstOrDefault(format => format.Name == name)
        ?? throw new RequestException($"'{name}' is no format of conversations; there are {string.Join(", ", All.Select(format => format.Name))}", "format");

    /// <summary>The format that a record is of, by the fields it has.</summary>
    /// <exception cref="RequestException">It is of none.</exception>
    internal static ConversationFormat Of(JsonField record) =>
        All.FirstOrDefault(format => record.IsObject && format.Recognises(record))
        ?? throw record.Bad($"this is no conversation in a form that is read; expected an object with {string.Join(" or ", All.Where(format => format.CanImport).Select(format => $"\"{format.TellingField}\" ({format.Label})"))}");
}
