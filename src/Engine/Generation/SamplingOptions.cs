namespace Juxta.Engine.Generation;

/// <summary>
/// How the next token is drawn, applied in this order: logit bias, repetition penalty, presence and frequency penalties, temperature, top-k,
/// top-p, min-p, draw. Names and meanings follow the OpenAI API and transformers. A value: never edited after submit.
/// </summary>
public sealed record SamplingOptions
{
    /// <summary>Always the likeliest token.</summary>
    public static SamplingOptions Greedy { get; } = new() { Temperature = 0 };

    /// <summary>Divides the logits; 0 = greedy.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Keep the k likeliest tokens; 0 = all.</summary>
    public int TopK { get; init; }

    /// <summary>Keep the smallest set of likeliest tokens whose probability reaches p; 1 = all.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Drop tokens below min_p times the likeliest one's probability; 0 = none.</summary>
    public float MinP { get; init; }

    /// <summary>Divides positive and multiplies negative logits of tokens in prompt and answer (Keskar et al. 2019, CTRL); 1 = off.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Subtracted once from the logit of every token the answer holds.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Subtracted from a token's logit for each time the answer holds it.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Added to the logits of these token ids; −100 or less forbids.</summary>
    public IReadOnlyDictionary<int, float> LogitBias { get; init; } = new Dictionary<int, float>();
}
