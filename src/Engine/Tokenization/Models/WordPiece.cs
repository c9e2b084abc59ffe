namespace Juxta.Engine.Tokenization.Models;

/// <summary>WordPiece (Schuster and Nakajima 2012; as in BERT): the longest token first, from left to right, all or unknown.</summary>
sealed class WordPiece(Vocabulary vocabulary, string unknownToken, string continuingPrefix, int longestWord) : TokenModel(vocabulary)
{
    public override void Encode(ReadOnlySpan<char> word, List<int> ids)
    {
        int before = ids.Count;
        if (CodePoints(word) > longestWord || !TryEncode(word, ids))
        {
            ids.RemoveRange(before, ids.Count - before);
            ids.Add(UnknownId(unknownToken, "unk_token"));
        }
    }

    bool TryEncode(ReadOnlySpan<char> word, List<int> ids)
    {
        for (int start = 0; start < word.Length;)
        {
            int end = Math.Min(word.Length, start + Vocabulary.LongestToken);
            int? found = null;
            for (; end > start; end--)
            {
                found = start == 0 ? Vocabulary.IdOf(word[..end]) : Vocabulary.IdOf(string.Concat(continuingPrefix, word[start..end]));
                if (found is not null) break;
            }
            if (found is not int id) return false;
            ids.Add(id);
            start = end;
        }
        return true;
    }

    static int CodePoints(ReadOnlySpan<char> word)
    {
        int count = 0;
        foreach (char unit in word)
            if (!char.IsLowSurrogate(unit)) count++;
        return count;
    }
}

/// <summary>One id per word, or unknown.</summary>
sealed class WordLevel(Vocabulary vocabulary, string unknownToken) : TokenModel(vocabulary)
{
    public override void Encode(ReadOnlySpan<char> word, List<int> ids) =>
        ids.Add(Vocabulary.IdOf(word) ?? UnknownId(unknownToken, "unk_token"));
}
