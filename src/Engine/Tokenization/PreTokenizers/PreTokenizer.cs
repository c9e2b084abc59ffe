using Juxta.Engine.Tokenization.Models;

namespace Juxta.Engine.Tokenization.PreTokenizers;

/// <summary>Cuts text into the words the model sees one by one: the <c>pre_tokenizer</c> section of tokenizer.json, flattened.</summary>
abstract class PreTokenizer
{
    /// <summary>Hands the parts of a piece, in order, to the step after this one.</summary>
    public abstract void Split(Piece piece, Pipeline.Next next);
}

/// <summary>The steps from a normalized text to ids: pre-tokenizers in order, then the model. Depth first, so nothing is stored between steps.</summary>
sealed class Pipeline(PreTokenizer[] steps, TokenModel model)
{
    public void Encode(Piece piece, List<int> ids) => new Next(steps, model, ids, 0).Take(piece);

    /// <summary>The rest of the pipeline, as one step sees it.</summary>
    public readonly struct Next(PreTokenizer[] steps, TokenModel model, List<int> ids, int step)
    {
        public void Take(Piece piece)
        {
            if (piece.Length == 0) return;
            if (step == steps.Length) model.Encode(piece.Span, ids);
            else steps[step].Split(piece, new Next(steps, model, ids, step + 1));
        }
    }
}
