namespace Juxta.Engine.Generation;

/// <summary>
/// The ids that end an answer, each with where it came from (design D5). No single file is to be trusted: early Llama 3 configs miss
/// <c>&lt;|eot_id|&gt;</c>, fine-tunes of base models end on a token their config never heard of. So the set is the union of all sources.
/// </summary>
public sealed class StopIds
{
    readonly HashSet<int> _ids;

    StopIds(IReadOnlyList<StopId> entries)
    {
        Entries = entries;
        _ids = [.. entries.Select(entry => entry.Id)];
    }

    public static StopIds None { get; } = new([]);

    /// <summary>In rising order of id.</summary>
    public IReadOnlyList<StopId> Entries { get; }

    public bool Contains(int id) => _ids.Contains(id);

    /// <param name="generationConfig">generation_config.json's eos_token_id.</param>
    /// <param name="config">config.json's eos_token_id.</param>
    /// <param name="tokenizerEos">The id of the tokenizer's eos_token.</param>
    /// <param name="templateTurnEnd">What the chat template writes to end an assistant turn: <see cref="TurnEnd"/>.</param>
    public static StopIds Collect(IEnumerable<int> generationConfig, IEnumerable<int> config, int? tokenizerEos, IEnumerable<int> templateTurnEnd) =>
        None.With("generation_config.json", generationConfig)
            .With("config.json", config)
            .With("tokenizer eos_token", tokenizerEos is { } id ? [id] : [])
            .With("chat template turn end", templateTurnEnd);

    /// <summary>This set with the ids of one more source: an adapter's own tokenizer, a person's setting.</summary>
    public StopIds With(string source, IEnumerable<int> ids)
    {
        var sources = new SortedDictionary<int, List<string>>();
        foreach (StopId entry in Entries) sources.Add(entry.Id, [.. entry.Sources]);
        foreach (int id in ids.Distinct())
        {
            if (id < 0) continue;
            if (!sources.TryGetValue(id, out List<string>? list)) sources.Add(id, list = []);
            if (!list.Contains(source)) list.Add(source);
        }
        return new StopIds([.. sources.Select(pair => new StopId(pair.Key, pair.Value))]);
    }

    /// <summary>This set and another.</summary>
    public StopIds With(StopIds others)
    {
        StopIds union = this;
        foreach (StopId entry in others.Entries)
            foreach (string source in entry.Sources) union = union.With(source, [entry.Id]);
        return union;
    }

    /// <summary>
    /// The token that ends an assistant turn: the first special token in what the template writes after the answer's text. Templates that write
    /// nothing there (ChatGLM3, GLM-4) end a turn with the next role's token, so the probe should go on with a user message.
    /// </summary>
    /// <param name="afterAnswer">The rendered conversation from the end of the assistant message's text on.</param>
    /// <param name="specialTokens">The tokenizer's special tokens by text.</param>
    /// <returns>One id, or none where no special token follows.</returns>
    public static IReadOnlyList<int> TurnEnd(string afterAnswer, IReadOnlyDictionary<string, int> specialTokens)
    {
        int first = -1, firstLength = 0, id = -1;
        foreach ((string text, int tokenId) in specialTokens)
        {
            if (text.Length == 0) continue;
            int at = afterAnswer.IndexOf(text, StringComparison.Ordinal);
            // Of two that begin at the same character the tokenizer takes the longer.
            if (at < 0 || (first >= 0 && (at > first || (at == first && text.Length <= firstLength)))) continue;
            (first, firstLength, id) = (at, text.Length, tokenId);
        }
        return first < 0 ? [] : [id];
    }

    /// <summary>"2 (config.json, tokenizer eos_token), 7 (chat template turn end)".</summary>
    public override string ToString() => string.Join(", ", Entries.Select(entry => $"{entry.Id} ({string.Join(", ", entry.Sources)})"));
}

/// <summary>A token id that ends an answer.</summary>
/// <param name="Id">The id.</param>
/// <param name="Sources">Who says so, for people: "generation_config.json", "config.json", "tokenizer eos_token", "chat template turn end".</param>
public sealed record StopId(int Id, IReadOnlyList<string> Sources);
