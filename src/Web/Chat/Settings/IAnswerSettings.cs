using Juxta.Engine;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Models;

namespace Juxta.Web.Chat.Settings;

/// <summary>What the settings' components show and change: the state of whichever page they stand on.</summary>
public interface IAnswerSettings
{
    /// <summary>Of the next answer.</summary>
    ConversationSettings Settings { get; }

    /// <summary>The model whose advice and stop ids are shown beside the settings; null when there is none.</summary>
    ModelEntry? Model { get; }

    /// <summary>The weights and tokenizer of a model, where they are in memory.</summary>
    LanguageModel? Opened(string? model);

    /// <param name="change">From the settings of then: several changes on their way do not undo each other.</param>
    Task ChangeSettingsAsync(Func<ConversationSettings, ConversationSettings> change);
}
