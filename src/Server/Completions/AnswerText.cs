using System.Text;
using Juxta.Engine.Generation;
using Juxta.Server.Wire;

namespace Juxta.Server.Completions;

/// <summary>One answer as far as it has come: its text, its outcome, and which of its tokens have become visible.</summary>
/// <param name="prompt">Which of the request's prompts it answers.</param>
/// <param name="promptTokens">That prompt's length.</param>
internal sealed class AnswerText(int prompt, int promptTokens)
{
    readonly StringBuilder _text = new();
    readonly List<VisibleToken> _held = [];
    int _codePoints;

    /// <summary>All visible text so far.</summary>
    public string Text => _text.ToString();

    /// <summary>Tokens whose text belongs to <see cref="Text"/>, for log-probabilities.</summary>
    public List<VisibleToken> Tokens { get; } = [];

    public Outcome? Outcome { get; private set; }

    public int Prompt => prompt;

    public int PromptTokens => promptTokens;

    /// <summary>Ids drawn so far, the one that ended it included.</summary>
    public List<int> Drawn { get; } = [];

    /// <summary>How many.</summary>
    public int DrawnCount => Drawn.Count;

    /// <summary>Text that stands before the answer, like an echoed prompt: offsets count it.</summary>
    public void Precede(string text)
    {
        _text.Append(text);
        _codePoints += CountCodePoints(text);
    }

    /// <summary>
    /// Takes the next step and returns the tokens that became visible with it. A token is held as long as its text is: a completed stop string takes
    /// its tokens with it, and the id that ended the answer is not part of it.
    /// </summary>
    /// <exception cref="ApiException">The engine failed.</exception>
    public IReadOnlyList<VisibleToken> Add(GeneratedToken step)
    {
        if (step.Outcome is { Kind: OutcomeKind.Error }) throw new AnswerFailedException(step.Outcome.Detail ?? "no reason given");
        if (step.Id is int id)
        {
            Drawn.Add(id);
            bool ends = step.Outcome is { Kind: OutcomeKind.Eos or OutcomeKind.StopId };
            if (!ends) _held.Add(new VisibleToken(id, step.LogProb, step.Top, _codePoints));
        }

        _text.Append(step.Text);
        _codePoints += CountCodePoints(step.Text);
        Outcome = step.Outcome ?? Outcome;
        bool release = step.Text.Length > 0 || step.Outcome is { Kind: not OutcomeKind.Stop };
        if (!release) return [];
        VisibleToken[] visible = [.. _held];
        _held.Clear();
        Tokens.AddRange(visible);
        return visible;
    }

    public static int CountCodePoints(string text)
    {
        int count = 0;
        foreach (Rune _ in text.EnumerateRunes()) count++;
        return count;
    }
}

/// <summary>A token that is part of an answer's text.</summary>
/// <param name="Offset">Where it starts there, in Unicode code points.</param>
internal sealed record VisibleToken(int Id, float? LogProb, IReadOnlyList<TokenLogProb> Top, int Offset);

/// <summary>The engine failed in the middle of an answer.</summary>
internal sealed class AnswerFailedException(string reason) : Exception(reason);
