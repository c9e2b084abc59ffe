using System.Text;
using Juxta.Engine.Tokenization;
using Juxta.Training.Samples;

namespace Juxta.Workbench.Scoring;

/// <summary>How much text the tokens with loss stand for: what bits per byte are divided by.</summary>
internal static class LabelledText
{
    /// <summary>UTF-8 bytes of the tokens that are somebody's target; special tokens are no text.</summary>
    /// <param name="targets">As <see cref="NextTokens.Targets"/> gives them. (tokens)</param>
    public static long Bytes(Tokenizer tokenizer, ReadOnlySpan<int> ids, ReadOnlySpan<int> targets)
    {
        long bytes = 0;
        bool text = false; // whether any came before
        for (int i = 0; i < ids.Length; i++)
        {
            if (tokenizer.IsSpecial(ids[i])) continue;
            // The first word of a text has a space in SentencePiece's vocabularies that the text has not.
            if (i > 0 && targets[i - 1] != TrainingSample.NoLoss) bytes += text ? tokenizer.BytesOf(ids[i]).Length : Encoding.UTF8.GetByteCount(tokenizer.Decode([ids[i]]));
            text = true;
        }
        return bytes;
    }
}
