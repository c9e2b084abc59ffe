namespace Juxta.Eval.Suites;

/// <summary>One cell of the matrix that a set is run over: how its samples become prompts, and how long things may be.</summary>
public sealed record SuiteSetting
{
    /// <summary>Examples put before the question as turns of the conversation.</summary>
    public int FewShot { get; init; }

    /// <summary>Earlier rounds of the sample's conversation that are kept, the latest; null = all.</summary>
    public int? HistoryTurns { get; init; }

    /// <summary>Most tokens of the prompt; whoever has the tokenizer shortens. Null = as the model allows.</summary>
    public int? MaxSourceLength { get; init; }

    /// <summary>Most tokens of the answer; null = the set's generation settings.</summary>
    public int? MaxTargetLength { get; init; }

    /// <summary>All combinations of the values of each axis, the last axis fastest; an axis without a value has one: none.</summary>
    internal static IReadOnlyList<SuiteSetting> Product(IReadOnlyList<int?> fewShot, IReadOnlyList<int?> history, IReadOnlyList<int?> source, IReadOnlyList<int?> target) =>
    [
        .. from shots in Values(fewShot)
           from turns in Values(history)
           from prompt in Values(source)
           from answer in Values(target)
           select new SuiteSetting { FewShot = shots ?? 0, HistoryTurns = turns, MaxSourceLength = prompt, MaxTargetLength = answer },
    ];

    static IReadOnlyList<int?> Values(IReadOnlyList<int?> axis) => axis.Count == 0 ? [null] : axis;
}
