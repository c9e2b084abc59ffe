using Juxta.Training.Samples;

namespace Juxta.Training.Masks;

/// <summary>
/// Makes a marked conversation fit. Template tokens always stay, so what is left has the shape the model knows; an answer keeps its end token, and one that
/// loses it goes as a whole. Everything that goes is counted.
/// </summary>
internal sealed class Shortening
{
    readonly List<int> _ids, _authors;
    readonly List<AnswerTokens> _answers;
    SampleCuts _cuts;

    Shortening(MarkedPrompt prompt) => (_ids, _authors, _answers) = ([.. prompt.Ids], [.. prompt.Authors], [.. prompt.Answers]);

    /// <exception cref="SampleException">Not even the shape of one answer fits.</exception>
    public static (MarkedPrompt Prompt, SampleCuts Cuts) Apply(MarkedPrompt prompt, SampleLengths lengths)
    {
        var shortening = new Shortening(prompt);
        if (lengths.Target is int target) shortening.LimitAnswers(target);
        if (lengths.Source is int source) shortening.LimitSources(source);
        if (lengths.Total is int total) shortening.LimitAll(total);
        return (prompt with { Ids = [.. shortening._ids], Authors = [.. shortening._authors], Answers = shortening._answers }, shortening._cuts);
    }

    void LimitAnswers(int most)
    {
        for (int i = 0; i < _answers.Count; i++) CutAnswer(i, _answers[i].End - _answers[i].Start - most);
    }

    void LimitSources(int most)
    {
        for (int i = 0; i < _answers.Count; i++)
        {
            int start = i == 0 ? 0 : _answers[i - 1].End, excess = _answers[i].Start - start - most;
            if (excess > 0 && CutSource(i, excess) is int left and > 0)
                throw new SampleException($"{AnswerFinder.Name(_answers[i].Message)}: before this answer stand {most + left} tokens that the chat template itself writes, more than the {most} allowed; allow a longer source");
        }
    }

    void LimitAll(int most)
    {
        // Later answers build on earlier ones, so the last goes first.
        while (_answers.Count > 1 && _ids.Count > most)
        {
            AnswerTokens last = _answers[^1];
            _answers.RemoveAt(_answers.Count - 1);
            int from = _answers[^1].End;
            _cuts += new SampleCuts(last.Start - from, last.End - last.Start, 1, 1);
            Remove(from, _ids.Count - from);
        }
        if (_ids.Count <= most) return;
        Remove(_answers[0].End, Math.Min(_ids.Count - _answers[0].End, _ids.Count - most));
        // The question gives way first, but only down to half of the room; then the answer; then the rest of the question.
        int half = Math.Max(0, _answers[0].Start - (most / 2));
        CutSource(0, Math.Min(_ids.Count - most, half));
        CutAnswer(0, Math.Min(_ids.Count - most, _answers[0].End - _answers[0].Start - Math.Max(2, most / 2)));
        CutSource(0, _ids.Count - most);
        CutAnswer(0, _ids.Count - most);
        if (_ids.Count > most)
            throw new SampleException($"{AnswerFinder.Name(_answers[0].Message)}: what the chat template itself writes around this answer takes {_ids.Count - 1} tokens, more than the {most} allowed; allow longer samples");
    }

    /// <summary>Takes tokens from the end of an answer's text, but never its end token nor its first one.</summary>
    void CutAnswer(int index, int count)
    {
        AnswerTokens answer = _answers[index];
        count = Math.Min(count, answer.End - answer.Start - 2);
        if (count <= 0) return;
        _cuts += new SampleCuts(0, count, 0, 0);
        Remove(answer.End - 1 - count, count);
    }

    /// <summary>Takes tokens of messages (not of the template) before an answer: the oldest message first, from its end.</summary>
    /// <returns>How many are still too many.</returns>
    int CutSource(int index, int count)
    {
        int start = index == 0 ? 0 : _answers[index - 1].End;
        while (count > 0)
        {
            int first = start;
            while (first < _answers[index].Start && !IsText(first)) first++;
            if (first == _answers[index].Start) return count;
            int author = _authors[first], end = first;
            while (end < _answers[index].Start && _authors[end] == author) end++;
            int cut = Math.Min(count, end - first);
            _cuts += new SampleCuts(cut, 0, 0, 0);
            Remove(end - cut, cut);
            count -= cut;
        }
        return 0;
    }

    bool IsText(int token) => _authors[token] is >= 0 or TokenAuthor.Data;

    void Remove(int start, int count)
    {
        if (count <= 0) return;
        _ids.RemoveRange(start, count);
        _authors.RemoveRange(start, count);
        for (int i = 0; i < _answers.Count; i++)
        {
            AnswerTokens answer = _answers[i];
            _answers[i] = answer with { Start = answer.Start >= start + count ? answer.Start - count : answer.Start, End = answer.End >= start + count ? answer.End - count : answer.End };
        }
    }
}
