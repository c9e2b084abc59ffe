using System.Text.Json;
using Juxta.Engine.Tokenization;
using Juxta.Training.Masks;
using Juxta.Training.Recipes.Glm;
using Juxta.Training.Samples;

namespace Juxta.Training.Recipes;

/// <summary>What a recipe works with.</summary>
/// <param name="Tokenizer">The model's.</param>
public sealed record RecipeSettings(Tokenizer Tokenizer)
{
    /// <summary>A chat template to use instead of the tokenizer's own.</summary>
    public string? Template { get; init; }

    /// <summary>Further variables of the template (<c>enable_thinking</c> …), a JSON object.</summary>
    public JsonElement? Variables { get; init; }

    public SampleLengths Lengths { get; init; } = SampleLengths.Unlimited;

    /// <summary>Decides what is drawn at random.</summary>
    public ulong Seed { get; init; }

    internal ChatFormat Format => ChatFormat.Of(Tokenizer, Template, Variables);
}

/// <summary>A way to make samples, under a name.</summary>
/// <param name="Name">As commands give it.</param>
/// <param name="Summary">What it does, for people.</param>
/// <param name="Create">Makes it; throws <see cref="SampleException"/> where a model cannot be trained so.</param>
/// <param name="ReadsTexts">Whether it is for texts and not for conversations.</param>
public sealed record SampleMode(string Name, string Summary, Func<RecipeSettings, SampleRecipe> Create, bool ReadsTexts = false);

/// <summary>The recipes there are.</summary>
public static class SampleRecipes
{
    public static IReadOnlyList<SampleMode> All { get; } =
    [
        new("session", "a conversation is one sample; every answer carries loss", settings => new ChatRecipe(settings.Format, AnswerChoice.Session, settings.Lengths)),
        new("last", "a conversation is one sample; only the last answer carries loss", settings => new ChatRecipe(settings.Format, AnswerChoice.Last, settings.Lengths)),
        new("split", "a sample for every answer, with what came before it as context", settings => new ChatRecipe(settings.Format, AnswerChoice.Split, settings.Lengths)),
        new("prefixes", "as split, but earlier answers carry loss again and again (for comparison)", settings => new ChatRecipe(settings.Format, AnswerChoice.Prefixes, settings.Lengths)),
        new("pretrain", "plain text and its end of sequence", settings => new PretrainRecipe(settings.Tokenizer, settings.Lengths), ReadsTexts: true),
        new("instruction", "one question and answer without a chat template", settings => new InstructionRecipe(settings.Tokenizer, settings.Lengths)),
        new("glm-4-demo", "GLM-4's fine-tuning demo", settings => RoleTokens(settings, tokens => tokens.Role("user"), ["system", "user", "observation"])),
        new("glm-4-demo-combine", "GLM-4's fine-tuning demo with combine: the last answer only", settings => RoleTokens(settings, tokens => tokens.Role("user"), [], lastOnly: true)),
        new("chatglm3-demo", "ChatGLM3's fine-tuning demo; observations carry loss there", settings => RoleTokens(settings, tokens => tokens.End, ["system", "user"])),
        new("chatglm2-ptuning", "ChatGLM2's ptuning/main.py: the last answer only", settings => new ChatGlm2Recipe(new GlmTokens(settings.Tokenizer), settings.Lengths, settings.Tokenizer.PadId)),
        new("chatglm2-session", "ChatGLM2 session by session, every answer with its end", settings => new ChatGlm2SessionRecipe(new GlmTokens(settings.Tokenizer), settings.Lengths)),
        new("chatglm-6b-ptuning", "ChatGLM-6B's ptuning/main.py: the last answer only", settings => new ChatGlm6BRecipe(new GlmTokens(settings.Tokenizer), settings.Lengths, rounds: false)),
        new("chatglm-6b-ptuning-history", "the same with a history column: a single question is a round, too", settings => new ChatGlm6BRecipe(new GlmTokens(settings.Tokenizer), settings.Lengths, rounds: true)),
        new("chatglm-tuning", "ChatGLM-Tuning: alpaca records for ChatGLM-6B", settings => new ChatGlmTuningRecipe(new GlmTokens(settings.Tokenizer), settings.Lengths)),
        new("glm-blank-sentences", "GLM's blank filling: sentences of 15 % of a text", settings => new BlankFillingRecipe(settings.Tokenizer, Blanks.Sentences, settings.Seed, settings.Lengths), ReadsTexts: true),
        new("glm-blank-document", "GLM's blank filling: one stretch of 50 to 100 % of a text", settings => new BlankFillingRecipe(settings.Tokenizer, Blanks.Document, settings.Seed, settings.Lengths), ReadsTexts: true),
    ];

    static RoleTokenRecipe RoleTokens(RecipeSettings settings, Func<GlmTokens, int> end, string[] masked, bool lastOnly = false)
    {
        var tokens = new GlmTokens(settings.Tokenizer);
        return new RoleTokenRecipe(tokens, settings.Lengths, end(tokens), masked, lastOnly);
    }

    /// <exception cref="Engine.RequestException">There is none of that name.</exception>
    public static SampleMode Find(string name) => All.FirstOrDefault(mode => mode.Name == name)
        ?? throw new Engine.RequestException($"'{name}' is no way to make samples; there are {string.Join(", ", All.Select(mode => mode.Name))}", "mode");
}
