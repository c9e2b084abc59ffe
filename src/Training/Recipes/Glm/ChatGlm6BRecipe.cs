using Juxta.Training.Corpora;
using Juxta.Training.Samples;

namespace Juxta.Training.Recipes.Glm;

/// <summary>
/// ChatGLM-6B's own fine-tuning (THUDM/ChatGLM-6B, ptuning/main.py): the prompt cut to the source length − 1, [gMASK] &lt;sop&gt;, the answer cut to the target
/// length − 2, &lt;eop&gt;; loss from &lt;sop&gt; on. What stands before &lt;sop&gt; sees itself both ways.
/// </summary>
/// <param name="tokens">The vocabulary.</param>
/// <param name="lengths">Source and target.</param>
/// <param name="rounds">Whether a single question has the words of a round, too, as it has there with a history column (where evaluation leaves them out).</param>
internal sealed class ChatGlm6BRecipe(GlmTokens tokens, SampleLengths lengths, bool rounds) : SampleRecipe
{
    public override IEnumerable<TrainingSample> Samples(CorpusRecord record)
    {
        var parts = Rounds.Of(record);
        int question = (parts.Pairs.Count * 2) - 2;
        var sample = new SampleBuilder();
        sample.Add(sample.Cut(tokens.Encode(parts.ChatGlm6BPrompt(rounds)), lengths.Source - 1, answer: false), question).Add(tokens.GMask, TokenAuthor.Added);
        int prefix = sample.Length;
        sample.Add(tokens.Sop, TokenAuthor.Added, loss: true)
            .Add(sample.Cut(tokens.Encode(parts.Pairs[^1].Answer), lengths.Target - 2, answer: true), question + 1, loss: true)
            .Add(tokens.Eop, TokenAuthor.Added, loss: true);
        return [sample.ToSample().AsPrefixLm(prefix, mask: prefix - 1)];
    }
}

/// <summary>ChatGLM-Tuning (mymusise): an alpaca record as "Instruction: …", "Input: …" where there is one, "Answer: "; then as <see cref="ChatGlm6BRecipe"/>, with the end of sequence.</summary>
internal sealed class ChatGlmTuningRecipe(GlmTokens tokens, SampleLengths lengths) : SampleRecipe
{
    public override IEnumerable<TrainingSample> Samples(CorpusRecord record)
    {
        Instruction task = record.Instruction ?? throw new SampleException("this recipe reads alpaca records (instruction, input, output); use the mode session for conversations");
        if (Rounds.Conversation(record).Messages.Count != 2) throw new SampleException("this recipe has no place for a history or a system prompt; use the mode session");
        string context = $"Instruction: {task.Text}\n{(task.Input.Length > 0 ? $"Input: {task.Input}\n" : "")}Answer: ";
        var sample = new SampleBuilder();
        sample.Add(sample.Cut(tokens.Encode(context), lengths.Source - 2, answer: false), 0).Add(tokens.GMask, TokenAuthor.Added);
        int prefix = sample.Length;
        sample.Add(tokens.Sop, TokenAuthor.Added, loss: true)
            .Add(sample.Cut(tokens.Encode(record.Dialogue!.Messages[1].Content), lengths.Target - 1, answer: true), 1, loss: true)
            .Add(tokens.End, TokenAuthor.Added, loss: true);
        return [sample.ToSample().AsPrefixLm(prefix, mask: prefix - 1)];
    }
}
