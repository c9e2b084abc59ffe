namespace Juxta.Eval.Metrics;

/// <summary>One answer of a model and what it is measured by. A metric takes what it needs of it.</summary>
/// <param name="Text">What the model said.</param>
/// <param name="References">What it might have said; an empty string is a real, empty reference.</param>
public sealed record Answer(string Text, IReadOnlyList<string> References)
{
    /// <summary>How the answer ended (<c>eos:2</c>, <c>stop:…</c>, <c>length</c>, …); null where it is not known.</summary>
    public string? Outcome { get; init; }

    /// <summary>What the model thought of the reference answer; null where it was not scored.</summary>
    public TokenLoss? Loss { get; init; }

    /// <summary>
    /// Answers out of columns as evaluation files have them: stream k holds the k-th reference of every answer, null where there is none.
    /// </summary>
    /// <exception cref="MetricException">Columns of different lengths, or an answer without any reference where <paramref name="needReferences"/>.</exception>
    public static Answer[] FromStreams(IReadOnlyList<string> hypotheses, IReadOnlyList<IReadOnlyList<string?>> streams, bool needReferences = true)
    {
        for (int k = 0; k < streams.Count; k++)
        {
            if (streams[k].Count != hypotheses.Count)
                throw new MetricException($"reference stream {k + 1} of {streams.Count} has {streams[k].Count} segments and the hypotheses have {hypotheses.Count}; give one reference per hypothesis, null where there is none");
        }
        var answers = new Answer[hypotheses.Count];
        for (int i = 0; i < answers.Length; i++)
        {
            string[] references = [.. streams.Select(stream => stream[i]).OfType<string>()];
            if (references.Length == 0 && needReferences)
                throw new MetricException($"segment {i + 1} has no reference: {(streams.Count == 0 ? "no reference stream was given" : "every stream has null there")}; remove the segment, or give \"\" for a reference that is really empty");
            answers[i] = new Answer(hypotheses[i], references);
        }
        return answers;
    }
}

/// <summary>Loss over the scored tokens of one sample: the sum of −ln p in nats, how many tokens, and how many UTF-8 bytes of text they stand for.</summary>
public sealed record TokenLoss(double Nats, long Tokens, long Bytes);
