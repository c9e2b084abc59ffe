using Juxta.Engine.Tokenization;
using Juxta.Training.Corpora;
using Juxta.Training.Dialogues;
using Juxta.Training.Masks;
using Juxta.Training.Samples;

namespace Juxta.Training.Recipes;

/// <summary>
/// Instruction and answer without a chat template: the tokenizer's opening tokens, the question's text, the answer's, the end of sequence; the answer and the end
/// carry loss. Each text is encoded by itself, so no token holds a part of both.
/// </summary>
internal sealed class InstructionRecipe(Tokenizer tokenizer, SampleLengths lengths) : SampleRecipe
{
    public override IEnumerable<TrainingSample> Samples(CorpusRecord record)
    {
        Dialogue dialogue = record.Dialogue ?? throw new SampleException("this record is a text and no conversation; use the mode pretrain for it");
        if (dialogue.Messages is not [{ Role: DialogueMessage.User } question, { Role: DialogueMessage.Assistant } answer] || dialogue.Tools is { Count: > 0 })
            throw new SampleException("this mode teaches one answer to one question, and the record holds something else; use the mode session");
        LossMask.Answers(dialogue);
        int end = tokenizer.EosId ?? throw new SampleException("the tokenizer names no eos_token, so an answer would have no end; name one in tokenizer_config.json");
        int[] opening = ChatFormat.OpeningOf(tokenizer), source = tokenizer.Encode(question.Content, parseSpecial: false), target = tokenizer.Encode(answer.Content, parseSpecial: false);
        if (target.Length == 0) throw new SampleException("the answer is empty: there is nothing to learn");
        int begin = opening.Length + source.Length;
        int[] authors = [.. Enumerable.Repeat(TokenAuthor.Added, opening.Length), .. Enumerable.Repeat(0, source.Length), .. Enumerable.Repeat(1, target.Length), TokenAuthor.Added];
        var marked = new MarkedPrompt([.. opening, .. source, .. target, end], authors, [new AnswerTokens(1, begin, begin + target.Length + 1)], []);
        (MarkedPrompt prompt, SampleCuts cuts) = Shortening.Apply(marked, lengths);
        return [new TrainingSample(prompt.Ids, LossMask.Labels(prompt.Ids, prompt.Answers), prompt.Authors) { Cuts = cuts }];
    }
}
