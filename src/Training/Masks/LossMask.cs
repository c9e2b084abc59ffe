using Juxta.Training.Dialogues;
using Juxta.Training.Samples;

namespace Juxta.Training.Masks;

/// <summary>
/// The one place that decides which tokens count: of a conversation the answers with their end tokens, of a text everything. Training and loss evaluation
/// share it.
/// </summary>
public static class LossMask
{
    /// <summary>The messages of a conversation that carry loss: the assistant's, unless the data says otherwise.</summary>
    /// <exception cref="SampleException">Another's message is marked to carry loss, or none is left.</exception>
    public static IReadOnlyList<int> Answers(Dialogue dialogue)
    {
        ArgumentNullException.ThrowIfNull(dialogue);
        var answers = new List<int>();
        bool any = false;
        for (int i = 0; i < dialogue.Messages.Count; i++)
        {
            DialogueMessage message = dialogue.Messages[i];
            if (message is { Loss: true, IsAnswer: false })
                throw new SampleException($"{AnswerFinder.Name(i)} is the {message.Role}'s and is marked to carry loss, but a model only ever writes the assistant's; mark messages of the assistant");
            if (!message.IsAnswer) continue;
            any = true;
            if (message.Loss != false) answers.Add(i);
        }
        if (answers.Count > 0) return answers;
        throw new SampleException(any ? "all messages of the assistant are marked to carry no loss: there is nothing to learn" : "no message is the assistant's: there is nothing to learn");
    }

    /// <summary>Labels of a conversation: ids where an answer stands, <see cref="TrainingSample.NoLoss"/> elsewhere. (tokens)</summary>
    public static int[] Labels(int[] ids, IEnumerable<AnswerTokens> answers)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(answers);
        var labels = new int[ids.Length];
        Array.Fill(labels, TrainingSample.NoLoss);
        foreach (AnswerTokens answer in answers) ids.AsSpan(answer.Start, answer.End - answer.Start).CopyTo(labels.AsSpan(answer.Start));
        return labels;
    }

    /// <summary>Labels of a text: all of it but the tokens that open it, which nothing comes before. (tokens)</summary>
    public static int[] Labels(int[] ids, int opening)
    {
        ArgumentNullException.ThrowIfNull(ids);
        int[] labels = [.. ids];
        Array.Fill(labels, TrainingSample.NoLoss, 0, opening);
        return labels;
    }
}
