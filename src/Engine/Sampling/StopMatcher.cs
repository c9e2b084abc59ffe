using System.Text;

namespace Juxta.Engine.Sampling;

/// <summary>
/// Finds stop strings in text that arrives in pieces. The match that completes first wins; of those that complete together, the one that
/// starts first. Text that may still become a stop string is held back, and released as soon as it cannot.
/// One Knuth–Morris–Pratt automaton per string: its state is how much of the string the text now ends with.
/// </summary>
internal sealed class StopMatcher(IReadOnlyList<string> stops)
{
    readonly int[][] _failures = [.. stops.Select(Failures)];
    readonly int[] _states = new int[stops.Count];
    readonly StringBuilder _held = new();

    /// <summary>The stop string that was completed, or null.</summary>
    public string? Matched { get; private set; }

    /// <summary>
    /// Takes the next piece; returns the text that is now certain. After a match nothing further is taken: the returned text ends before the stop string.
    /// </summary>
    /// <param name="honour">False while stop strings must not end the answer: one that completes in this piece is ordinary text.</param>
    public string Push(string piece, bool honour = true)
    {
        if (Matched is not null) return "";
        if (stops.Count == 0) return piece;
        bool alone = _held.Length == 0;
        foreach (char c in piece)
        {
            _held.Append(c);
            int longest = -1;
            for (int i = 0; i < stops.Count; i++)
            {
                int state = Advance(i, c);
                if (state == stops[i].Length)
                {
                    if (honour && (longest < 0 || stops[i].Length > stops[longest].Length)) longest = i;
                    state = _failures[i][state];
                }
                _states[i] = state;
            }
            if (longest < 0) continue;
            Matched = stops[longest];
            _held.Length -= Matched.Length;
            return Release();
        }
        int possible = _states.Max();
        string certain = alone && possible == 0 ? piece : _held.ToString(0, _held.Length - possible);
        _held.Remove(0, certain.Length);
        return certain;
    }

    /// <summary>What is held back, when nothing can complete it any more.</summary>
    public string Release()
    {
        string text = _held.ToString();
        _held.Clear();
        Array.Clear(_states);
        return text;
    }

    int Advance(int stop, char c)
    {
        string text = stops[stop];
        int state = _states[stop];
        while (state > 0 && text[state] != c) state = _failures[stop][state];
        return text[state] == c ? state + 1 : 0;
    }

    /// <summary>[n] = length of the longest proper prefix of the string that its first n units end with.</summary>
    static int[] Failures(string text)
    {
        var failures = new int[text.Length + 1];
        for (int n = 2, state = 0; n <= text.Length; n++)
        {
            while (state > 0 && text[state] != text[n - 1]) state = failures[state];
            if (text[state] == text[n - 1]) state++;
            failures[n] = state;
        }
        return failures;
    }
}
