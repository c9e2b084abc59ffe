using System.Text.Json.Nodes;
using Juxta.Training.Corpora;
using Juxta.Training.Dialogues;
using Juxta.Training.Samples;

namespace Juxta.Training.Recipes.Glm;

/// <summary>
/// The fine-tuning demos of GLM-4 and ChatGLM3 (THUDM/GLM-4 and THUDM/ChatGLM3, finetune_demo, process_batch): [gMASK] sop, then for each message its role's
/// token, the line of its metadata and its content, encoded apart. Flags are moved by one token, so the role's token is no target and the token behind an
/// answer (the next role, or the last one added) is. What is too long is cut off at the end, end tokens too.
/// </summary>
/// <param name="tokens">The vocabulary.</param>
/// <param name="lengths">Source + target + 1 is the length of a sample; or the total.</param>
/// <param name="end">What is added behind the last message.</param>
/// <param name="masked">Roles whose messages carry no loss.</param>
/// <param name="lastOnly">GLM-4's "combine": flags stand only behind the last assistant token, which after the move leaves out the line break, too.</param>
internal sealed class RoleTokenRecipe(GlmTokens tokens, SampleLengths lengths, int end, IReadOnlyCollection<string> masked, bool lastOnly) : SampleRecipe
{
    public override IEnumerable<TrainingSample> Samples(CorpusRecord record)
    {
        Dialogue dialogue = Rounds.Conversation(record);
        if (dialogue.Tools is { Count: > 0 }) throw new SampleException("this recipe has no place for tool definitions; use the mode session");
        List<int> ids = [tokens.GMask, tokens.Sop], authors = [TokenAuthor.Added, TokenAuthor.Added];
        List<bool> flags = [false, false];
        for (int i = 0; i < dialogue.Messages.Count; i++)
        {
            DialogueMessage message = dialogue.Messages[i];
            string role = message.Role == DialogueMessage.Tool ? DialogueMessage.Observation : message.Role;
            string metadata = message.Fields?["metadata"] is JsonValue value && value.TryGetValue(out string? text) ? text : "";
            int[] head = [tokens.Role(role), .. tokens.Encode(metadata + "\n")], content = tokens.Encode(message.Content);
            bool loss = message.Loss ?? !masked.Contains(role);
            if (lastOnly)
            {
                loss = i == dialogue.LastAnswer;
                // The assistant's token itself carries no flag here.
                flags.AddRange(Enumerable.Repeat(loss, head.Length + content.Length).Select((flag, k) => flag && k > 0));
            }
            else
            {
                flags.AddRange(Enumerable.Repeat(loss, head.Length + content.Length));
            }
            ids.AddRange([.. head, .. content]);
            authors.AddRange(Enumerable.Repeat(TokenAuthor.Template, metadata.Length > 0 ? 1 : head.Length).Concat(Enumerable.Repeat(i, content.Length + (metadata.Length > 0 ? head.Length - 1 : 0))));
        }
        if (dialogue.LastAnswer < 0) throw new SampleException("no message is the assistant's: there is nothing to learn");
        ids.Add(end);
        authors.Add(TokenAuthor.Added);
        flags.Insert(0, false);
        var sample = new SampleBuilder();
        for (int t = 0; t < ids.Count; t++) sample.Add(ids[t], authors[t], flags[t]);
        return [Cut(sample.ToSample())];
    }

    TrainingSample Cut(TrainingSample sample)
    {
        int most = lengths.Total ?? (lengths is { Source: int source, Target: int target } ? source + target + 1 : int.MaxValue);
        if (sample.Length <= most) return sample;
        int answer = sample.Labels.Skip(most).Count(label => label != TrainingSample.NoLoss), ends = 0;
        for (int t = most; t < sample.Length; t++)
            if (sample.Labels[t] != TrainingSample.NoLoss && (t + 1 == sample.Length || sample.Labels[t + 1] == TrainingSample.NoLoss)) ends++;
        if (sample.Labels.Take(most).All(label => label == TrainingSample.NoLoss)) throw new SampleException($"of {sample.Length} tokens the first {most} hold no answer, and this recipe cuts off the end; allow longer samples");
        return new TrainingSample(sample.Ids[..most], sample.Labels[..most], sample.Authors[..most]) { Cuts = new SampleCuts(sample.Length - most - answer, answer, 0, ends) };
    }
}
