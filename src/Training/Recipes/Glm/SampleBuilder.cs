using Juxta.Training.Samples;

namespace Juxta.Training.Recipes.Glm;

/// <summary>Collects a sample token by token, for recipes that lay it out themselves.</summary>
internal sealed class SampleBuilder
{
    readonly List<int> _ids = [], _labels = [], _authors = [];

    public SampleCuts Cuts { get; set; }

    public int Length => _ids.Count;

    /// <param name="id">The token.</param>
    /// <param name="author">Who wrote it.</param>
    /// <param name="loss">Whether it is learnt.</param>
    public SampleBuilder Add(int id, int author, bool loss = false) => AddLabelled(id, author, loss ? id : TrainingSample.NoLoss);

    /// <summary>A token at whose place another is to be predicted.</summary>
    public SampleBuilder AddLabelled(int id, int author, int label)
    {
        _ids.Add(id);
        _labels.Add(label);
        _authors.Add(author);
        return this;
    }

    public SampleBuilder Add(IEnumerable<int> ids, int author, bool loss = false)
    {
        foreach (int id in ids) Add(id, author, loss);
        return this;
    }

    /// <summary>A causal sample.</summary>
    public TrainingSample ToSample() => new([.. _ids], [.. _labels], [.. _authors]) { Cuts = Cuts };

    /// <summary>The first so many of them; what goes is counted as source or as answer.</summary>
    public int[] Cut(int[] ids, int? most, bool answer)
    {
        if (most is not int limit || ids.Length <= limit) return ids;
        limit = Math.Max(0, limit);
        Cuts += answer ? new SampleCuts(0, ids.Length - limit, 0, 0) : new SampleCuts(ids.Length - limit, 0, 0, 0);
        return ids[..limit];
    }
}
