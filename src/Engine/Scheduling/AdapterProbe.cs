using Juxta.Engine.Lora;
using Juxta.Engine.Models;
using Juxta.Engine.Sampling;

namespace Juxta.Engine.Scheduling;

/// <summary>
/// The last part of an adapter's proof (design D6): the difference that it makes to the logits of a fixed text, measured through the engine as
/// every request is.
/// </summary>
internal static class AdapterProbe
{
    const string Text = "User: Name a river, a city and a number.\nAssistant: The Danube flows through Vienna; 1, 2, 3.";
    const int MostTokens = 48, MostRows = 16;

    /// <summary>
    /// Ids that every engine over this model probes with: the text's, or scattered ones where there is no tokenizer; then those whose embeddings the
    /// adapter replaces, since an adapter may change nothing else.
    /// </summary>
    public static int[] Ids(LoraAdapter adapter, Decoder decoder, TextVocabulary? text, int limit)
    {
        int vocabulary = Math.Min(decoder.Shape.Vocabulary, adapter.Vocabulary ?? int.MaxValue);
        IEnumerable<int> fixedIds = text is not null ? text.Encode(Text) : Enumerable.Range(0, 32).Select(i => (int)((i * 2654435761L) % vocabulary));
        IEnumerable<int> rows = decoder.Modules.Modules.SelectMany(module => adapter.Delta(module.Index)?.EmbeddingRows?.Keys ?? []).Order().Take(MostRows);
        int most = Math.Min(MostTokens, limit - decoder.AsPrompt([]).Length);
        int[] ids = [.. rows.Concat(fixedIds).Where(id => id < vocabulary).Take(most)];
        return decoder.AsPrompt(ids.Length > 0 ? ids : [0]);
    }

    /// <summary>Largest |difference| over the ids that both know, and the share of positions whose likeliest id changes.</summary>
    public static (double MaxDifference, double TopChanged) Compare(LogitsResult before, LogitsResult after)
    {
        int common = Math.Min(before.Vocabulary, after.Vocabulary);
        double largest = 0;
        int changed = 0;
        for (int position = 0; position < before.Tokens; position++)
        {
            ReadOnlySpan<float> a = before.Values.AsSpan(position * before.Vocabulary, before.Vocabulary);
            ReadOnlySpan<float> b = after.Values.AsSpan(position * after.Vocabulary, after.Vocabulary);
            for (int id = 0; id < common; id++)
            {
                double difference = a[id] == b[id] ? 0 : Math.Abs((double)a[id] - b[id]); // equal infinities differ by nothing
                if (double.IsNaN(difference)) return (double.NaN, 1);
                largest = Math.Max(largest, difference);
            }
            if (Top(a) != Top(b)) changed++;
        }
        return (largest, (double)changed / before.Tokens);
    }

    static int Top(ReadOnlySpan<float> row)
    {
        int top = 0;
        for (int id = 1; id < row.Length; id++)
        {
            if (row[id] > row[top]) top = id;
        }
        return top;
    }
}
