using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Engine;
using Juxta.Engine.Chat;
using Juxta.Engine.Generation;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;
using Juxta.Training.Corpora;
using Juxta.Training.Dialogues;
using Juxta.Training.Masks;
using Juxta.Training.Recipes;
using Juxta.Training.Samples;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Scoring;
using Microsoft.Extensions.AI;

namespace Juxta.Workbench.Runs;

/// <summary>A model of this machine as a run asks it: answers with their ids and log-probabilities, prompts cut to length, references scored.</summary>
public sealed class EngineRunModel
{
    /// <summary>What the clock of a chat template shows: a run must not change with the day it is made on. The same as for training.</summary>
    static readonly DateTime Now = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);

    /// <summary>Version of this program, as manifests have it.</summary>
    public static string Code => EngineVersion.Current;

    readonly LanguageModel _model;
    readonly string? _template;
    readonly Func<TrainingSample, CancellationToken, Task<TextLoss>> _score;
    readonly ChatRecipe _recipe;

    EngineRunModel(InferenceEngine engine, IReadOnlyList<AdapterUse> adapters)
    {
        _model = engine.Model;
        _template = _model.ChatTemplate is null ? PromptRenderer.PlainTemplate : null;
        _score = new LossScorer(engine, adapters, _model.Tokenizer).ScoreAsync;
        _recipe = new ChatRecipe(ChatFormat.Of(_model.Tokenizer!, _template, now: Now), AnswerChoice.Last, SampleLengths.Unlimited);
    }

    /// <summary>The model of an engine with adapters that are loaded there. The engine must run as long as the model is asked.</summary>
    /// <param name="name">What people call it.</param>
    /// <param name="engine">Runs it, and whatever else over the same base.</param>
    /// <param name="adapters">What acts on every answer.</param>
    /// <exception cref="ModelFormatException">It has no tokenizer.</exception>
    public static RunModel Of(string name, InferenceEngine engine, IReadOnlyList<AdapterUse> adapters)
    {
        ArgumentNullException.ThrowIfNull(engine);
        if (engine.Model.Tokenizer is null) throw new ModelFormatException($"asking {name}: the folder has no tokenizer, so it cannot read text", engine.Model.Folder);
        var model = new EngineRunModel(engine, adapters);
        var client = new EngineChatClient(engine, template: model._template is null ? null : ChatTemplate.Parse(model._template));
        return new RunModel(ContentIdentity.Of(name, engine, adapters), new Asking(client, adapters)) { TakesTools = true, Shorten = model.Shorten, Score = model.ScoreAsync };
    }

    /// <summary>
    /// As training cuts a source: the oldest message first, from its end, and never what the template writes, so that what is left has the shape the model knows.
    /// </summary>
    FittingPrompt Shorten(IReadOnlyList<EvalMessage> prompt, JsonElement? tools, int most)
    {
        EvalMessage[] cut = [.. prompt];
        int whole = Length(cut, tools), length = whole;
        for (int i = 0; i < cut.Length && length > most; i++)
        {
            string text = cut[i].Content;
            // Longest beginning that fits; 0 is where the search ends when none does.
            (int fits, int tooLong) = (0, text.Length);
            while (tooLong - fits > 1)
            {
                int middle = (fits + tooLong) / 2;
                if (LengthWith(middle) <= most) fits = middle;
                else tooLong = middle;
            }
            length = LengthWith(fits);

            int LengthWith(int characters)
            {
                bool half = characters > 0 && characters < text.Length && char.IsLowSurrogate(text[characters]);
                cut[i] = cut[i] with { Content = text[..(half ? characters - 1 : characters)] };
                return Length(cut, tools);
            }
        }
        return length <= most ? new FittingPrompt(cut, whole - length) : throw new SuiteException($"max_source_length is {most}, and the chat template alone writes {length} tokens; allow more");
    }

    int Length(IReadOnlyList<EvalMessage> prompt, JsonElement? tools) => PromptRenderer.Render(
        _model,
        new ChatPrompt { Messages = [.. prompt.Select(message => new PromptMessage(message.Role, message.Content))], Tools = Array(tools), Template = _template },
        Now).Ids.Count;

    async Task<ReferenceLoss> ScoreAsync(IReadOnlyList<EvalMessage> prompt, JsonElement? tools, string reference, CancellationToken cancel)
    {
        var dialogue = new Dialogue([.. prompt.Select(message => new DialogueMessage(message.Role, message.Content)), new DialogueMessage(DialogueMessage.Assistant, reference)]) { Tools = Array(tools) };
        TrainingSample text = _recipe.Samples(new CorpusRecord("the reference", 1) { Dialogue = dialogue }).Single();
        TextLoss loss = await _score(text, cancel);
        return new ReferenceLoss(loss.Nats, loss.Tokens, loss.Bytes);
    }

    static JsonArray? Array(JsonElement? tools) => tools is { } given ? JsonNode.Parse(given.GetRawText())!.AsArray() : null;

    /// <summary>Adapters act on every answer, and each says its tokens.</summary>
    sealed class Asking(IChatClient inner, IReadOnlyList<AdapterUse> adapters) : DelegatingChatClient(inner)
    {
        public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            options = options?.Clone() ?? new ChatOptions();
            AdditionalPropertiesDictionary properties = options.AdditionalProperties ??= [];
            (properties["logprobs"], properties["now"]) = (0, Now);
            if (adapters.Count > 0) properties["adapters"] = adapters;
            return base.GetResponseAsync(messages, options, cancellationToken);
        }
    }
}
