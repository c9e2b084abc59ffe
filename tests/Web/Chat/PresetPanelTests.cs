using System.Text;
using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Web.Chat.Settings;
using Juxta.Workbench;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Models;

namespace Juxta.WebTests.Chat;

/// <summary>The presets beside a page's settings, over a real database.</summary>
public sealed class PresetPanelTests : IAsyncDisposable, IAnswerSettings
{
    readonly JuxtaWorkbench _workbench = JuxtaWorkbench.Open(new WorkbenchOptions { Ephemeral = true });
    readonly PresetPanel _panel;

    public PresetPanelTests() => _panel = new PresetPanel(_workbench.Presets, this);

    public ConversationSettings Settings { get; private set; } = new() { SystemPrompt = "Stay.", Sampling = new SamplingOptions { Temperature = 0.5f }, MaxTokens = 7 };

    public ModelEntry? Model => null;

    public LanguageModel? Opened(string? model) => null;

    Task IAnswerSettings.ChangeSettingsAsync(Func<ConversationSettings, ConversationSettings> change)
    {
        Settings = change(Settings);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => _workbench.DisposeAsync();

    [Fact]
    public async Task Settings_are_saved_chosen_changed_saved_again_renamed_and_deleted()
    {
        await _panel.ReadAsync();
        Assert.Null(_panel.Chosen);
        Assert.True(await _panel.SaveAsAsync(" Half "));
        Assert.Equal(("Half", false, "Saved as Half."), (_panel.Chosen!.Name, _panel.Departed, _panel.Done));
        Settings = Settings with { MaxTokens = 8 };
        Assert.True(_panel.Departed);
        Assert.True(await _panel.SaveAsync());
        Assert.Equal((8, false), (_panel.Chosen!.MaxTokens, _panel.Departed));

        Settings = new ConversationSettings { SystemPrompt = "Other." };
        await _panel.ChooseAsync("Half");
        Assert.Equal((0.5f, 8, "Other."), (Settings.Sampling!.Temperature, Settings.MaxTokens, Settings.SystemPrompt));
        Assert.True(await _panel.RenameAsync("Calm"));
        Assert.Equal("Calm", _panel.Chosen!.Name);
        await _panel.DeleteAsync();
        Assert.Empty(_panel.List);
        Assert.Equal(8, Settings.MaxTokens);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_refused_and_a_preset_that_says_the_same_is_seen_to_be_chosen()
    {
        await _panel.SaveAsAsync("One");
        Assert.False(await _panel.SaveAsAsync("One"));
        Assert.Contains("'One' already", _panel.Failure!.Text);
        await _panel.SaveAsAsync("Two");
        Assert.False(await _panel.RenameAsync("One"));
        Assert.Contains("'One' already", _panel.Failure!.Text);
        Assert.Equal("Two", _panel.Chosen!.Name);
        var other = new PresetPanel(_workbench.Presets, this);
        await other.ReadAsync();
        Assert.Equal("One", other.Chosen!.Name);
    }

    [Fact]
    public async Task Shared_JSON_is_taken_over_and_what_is_wrong_with_it_is_said()
    {
        Assert.True(await _panel.ImportAsync("the text", """[{"name": "A", "temperature": 0}, {"name": "B"}]"""));
        Assert.Equal(["A", "B"], _panel.List.Select(preset => preset.Name));
        Assert.Equal("Taken over: A, B.", _panel.Done);
        Assert.False(await _panel.ImportAsync("the text", "{\"name\": \"C\",\n\"warmth\": 3}"));
        Assert.Contains("the text line 2: warmth is not known", _panel.Failure!.Text);
        byte[] file = Encoding.UTF8.GetBytes("""{"name": "D"}""");
        Assert.True(await _panel.ImportAsync("d.json", file.Length, () => new MemoryStream(file)));
        Assert.False(await _panel.ImportAsync("film.mp4", 5_000_000, () => throw new InvalidOperationException("it must not be opened")));
        Assert.Contains("film.mp4 has 5.0 MB: presets are small files", _panel.Failure!.Text);
    }
}
