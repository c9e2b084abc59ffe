using System.Globalization;
using Juxta.Engine;
using Juxta.Training.Corpora;

namespace Juxta.Workbench.Chat.Formats;

/// <summary>The branch on show, to be read by people. Only written: what a message says cannot be told from the headings around it.</summary>
internal sealed class MarkdownFormat : ConversationFormat
{
    public override string Name => "markdown";

    public override string Label => "Markdown, to read";

    public override string Extension => ".md";

    public override string MediaType => "text/markdown";

    public override bool CanImport => false;

    internal override void Write(IReadOnlyList<PortableConversation> conversations, TextWriter to)
    {
        for (int i = 0; i < conversations.Count; i++)
        {
            PortableConversation conversation = conversations[i];
            if (i > 0) to.Write("\n---\n\n");
            to.Write($"# {(conversation.Title.Length > 0 ? Line.Start(conversation.Title, 200) : "Conversation")}\n");
            if (!string.IsNullOrEmpty(conversation.Settings.SystemPrompt)) Turn(Roles.System, conversation.Settings.SystemPrompt);
            foreach (PortableMessage message in conversation.Branch)
            {
                Turn(message.Role, message.Text);
                if (message.Answer is { } answer) to.Write($"\n*{answer.Model}{string.Concat(answer.Adapters.Select(use => $" + {use.Name}"))}, {answer.Usage.CompletionTokens?.ToString(CultureInfo.InvariantCulture) ?? "an unknown count of"} tokens, ended by {answer.Outcome?.ToString().ReplaceLineEndings(" ") ?? "nothing yet"}*\n");
            }
        }

        void Turn(string role, string text) => to.Write($"\n## {char.ToUpperInvariant(role[0])}{role[1..]}\n\n{text.ReplaceLineEndings("\n").TrimEnd('\n')}\n");
    }

    internal override IEnumerable<PortableConversation> Read(JsonField record) => throw new RequestException("conversations are not read from Markdown; use another format", "format");
}
