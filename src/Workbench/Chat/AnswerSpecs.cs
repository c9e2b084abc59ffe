using System.Security.Cryptography;
using System.Text;
using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Tokenization;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Models;

namespace Juxta.Workbench.Chat;

/// <summary>What to ask the engine for: an answer to some turns, or more of an answer.</summary>
internal sealed class AnswerSpecs(ModelShelf shelf, TimeProvider time)
{
    /// <param name="settings">Of the conversation.</param>
    /// <param name="turns">Without the system message.</param>
    /// <param name="beginning">Words that the answer starts with.</param>
    public async Task<GenerationSpec> NewAsync(ConversationSettings settings, IReadOnlyList<PromptMessage> turns, string? beginning)
    {
        if (shelf.Remote(ModelOf(settings)) is { } remote) return Remote(remote, settings, turns, beginning);
        OpenModel model = await OpenAsync(settings);
        RenderedPrompt prompt = Render(model, settings, turns);
        bool opensThought = Thinking.IsOpenAfter(prompt.Text);
        AnswerBeginning? begun = null;
        if (!string.IsNullOrEmpty(beginning))
        {
            IReadOnlyList<int> asked = prompt.Ids;
            prompt = Render(model, settings, [.. turns, new PromptMessage(Roles.Assistant, beginning)], goOn: true);
            // Where the words meet the template's text, both may share a token; the answer's own ids are those that only the words explain.
            begun = new AnswerBeginning(prompt.Ids.Zip(asked).TakeWhile(pair => pair.First == pair.Second).Count(), beginning);
        }
        return new GenerationSpec
        {
            Model = model.Id,
            Warnings = prompt.Warnings,
            OpensThought = opensThought,
            Request = Request(settings.Sampling ?? model.Model.GenerationDefaults, settings, settings.Adapters) with { PromptIds = prompt.Ids, Beginning = begun },
        };
    }

    /// <summary>
    /// More of an answer, behind the very ids that it has (text encoded anew could be other ids) without the one that ended it. Model, adapters and
    /// random stream stay the answer's; sampling, stops and length are those of the settings. An answer that the model itself ended goes on by
    /// at least one token: it is not asked again whether it has ended.
    /// </summary>
    public async Task<GenerationSpec> ContinueAsync(ConversationSettings settings, GenerationRecord cut)
    {
        GenerationSpec earlier = cut.Value.Spec;
        GenerationRequest request = earlier.Request;
        if (earlier.Remote is not null) throw NoBeginning(earlier.Model);
        OpenModel model = await shelf.OpenAsync(new ModelChoice(earlier.Model, request.Adapters));
        bool ended = cut.Outcome is { Kind: OutcomeKind.Eos or OutcomeKind.StopId };
        IReadOnlyList<int> drawn = cut.Ids;
        int[] ids = [.. request.PromptIds, .. ended ? drawn.SkipLast(1) : drawn];
        int start = request.Beginning?.Start ?? request.PromptIds.Count;
        GenerationRequest more = Request(settings.Sampling ?? model.Model.GenerationDefaults, settings, request.Adapters);
        int there = ids.Length - start;
        return new GenerationSpec
        {
            Model = earlier.Model,
            Warnings = earlier.Warnings,
            OpensThought = earlier.OpensThought,
            Request = more with
            {
                PromptIds = ids,
                Beginning = new AnswerBeginning(start, Text(model.Model.Tokenizer, request, ids)),
                Seed = settings.Seed ?? request.Seed,
                Stop = more.Stop with { MinTokens = Math.Max(more.Stop.MinTokens - there, ended ? 1 : 0) },
            },
        };
    }

    /// <summary>What another server is asked: the conversation as it is, since that server has the template.</summary>
    static GenerationSpec Remote(RemoteModel remote, ConversationSettings settings, IReadOnlyList<PromptMessage> turns, string? beginning)
    {
        if (!string.IsNullOrEmpty(beginning)) throw NoBeginning(remote.Id);
        if (settings.Adapters.Count > 0) throw new RequestException($"{remote.Id} runs on another server, where no adapter of this machine can act; take them out", "adapters");
        List<string> warnings = [];
        if (!string.IsNullOrEmpty(settings.Template)) warnings.Add("the chat template of the settings has no effect: the other server writes the prompt with its own");
        if (settings.ParseSpecialInMessages) warnings.Add("whether special tokens that a message spells out are recognised is for the other server to say");
        if (settings.Stop.Ids.Count > 0 || settings.Sampling is { LogitBias.Count: > 0 }) warnings.Add("token ids of the settings are sent as they are; the other server's vocabulary says which tokens they mean");
        return new GenerationSpec
        {
            Model = remote.Id,
            Warnings = warnings,
            Remote = new RemotePrompt(WithSystem(settings, turns), ToolDefinitions.Read(settings.Tools)?.ToJsonString(), settings.Sampling),
            Request = Request(settings.Sampling ?? new SamplingOptions(), settings, []),
        };
    }

    static RequestException NoBeginning(string model) =>
        new($"{model} runs on another server, which cannot be told how an answer begins, so none can be begun or continued there; ask for a new answer", "answer");

    static IReadOnlyList<PromptMessage> WithSystem(ConversationSettings settings, IReadOnlyList<PromptMessage> turns) =>
        [.. string.IsNullOrEmpty(settings.SystemPrompt) ? turns : turns.Prepend(new PromptMessage(Roles.System, settings.SystemPrompt))];

    /// <summary>What the ids say: the words the answer was given, and the text of what was drawn. Half characters and stop strings are still open.</summary>
    static string Text(Tokenizer? tokenizer, GenerationRequest request, int[] ids)
    {
        var text = new StringBuilder(request.Beginning?.Text);
        if (tokenizer is null) return text.ToString();
        StreamingDecoder decoder = tokenizer.StreamDecoder(request.SkipSpecialTokens);
        int drawnFrom = request.PromptIds.Count;
        for (int i = request.Beginning?.Start ?? drawnFrom; i < ids.Length; i++)
        {
            string piece = decoder.Push(ids[i]);
            if (i >= drawnFrom) text.Append(piece);
        }
        return text.ToString();
    }

    /// <summary>The prompt that an answer to some turns would get.</summary>
    public RenderedPrompt Render(OpenModel model, ConversationSettings settings, IReadOnlyList<PromptMessage> turns, bool goOn = false) => PromptRenderer.Render(
        model.Model,
        new ChatPrompt
        {
            Messages = WithSystem(settings, turns),
            Tools = ToolDefinitions.Read(settings.Tools),
            Template = settings.Template,
            ParseSpecialInMessages = settings.ParseSpecialInMessages,
            AddGenerationPrompt = !goOn,
            ContinueFinalMessage = goOn,
        },
        time.GetLocalNow());

    /// <exception cref="NotFoundException">The model is not on the shelf, or the shelf is empty.</exception>
    public string ModelOf(ConversationSettings settings) =>
        settings.Model ?? shelf.FirstId ?? throw new NotFoundException("there is no model; start with --model DIR, or add one of another server on the Models page");

    Task<OpenModel> OpenAsync(ConversationSettings settings) => shelf.OpenAsync(new ModelChoice(ModelOf(settings), settings.Adapters));

    static GenerationRequest Request(SamplingOptions sampling, ConversationSettings settings, IReadOnlyList<AdapterUse> adapters) => new()
    {
        PromptIds = [],
        Adapters = adapters,
        Sampling = sampling,
        Stop = settings.Stop,
        MaxTokens = settings.MaxTokens,
        Seed = settings.Seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
        LogProbs = settings.LogProbs,
    };
}
