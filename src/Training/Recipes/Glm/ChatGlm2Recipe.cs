using Juxta.Training.Corpora;
using Juxta.Training.Samples;

namespace Juxta.Training.Recipes.Glm;

/// <summary>
/// ChatGLM2's own fine-tuning (THUDM/ChatGLM2-6B, ptuning/main.py): [gMASK] sop and the rounds cut to the source length, the answer cut to the target length, the
/// end of sequence. Only the last answer is learnt. Labels that equal the pad id (0, which is also the unknown token) carry no loss.
/// </summary>
internal sealed class ChatGlm2Recipe(GlmTokens tokens, SampleLengths lengths, int? padId) : SampleRecipe
{
    public override IEnumerable<TrainingSample> Samples(CorpusRecord record)
    {
        var rounds = Rounds.Of(record);
        var sample = new SampleBuilder();
        int question = (rounds.Pairs.Count * 2) - 2;
        int[] prompt = sample.Cut(tokens.Encode(rounds.ChatGlm2Prompt()), lengths.Source - 2, answer: false);
        sample.Add([tokens.GMask, tokens.Sop], TokenAuthor.Added).Add(prompt, question);
        foreach (int id in sample.Cut(tokens.Encode(rounds.Pairs[^1].Answer), lengths.Target, answer: true)) sample.Add(id, question + 1, id != padId);
        return [sample.Add(tokens.End, TokenAuthor.Added, loss: true).ToSample()];
    }
}

/// <summary>
/// ChatGLM2 session by session, as its community trains it: [gMASK] sop once, then round by round the question's text without loss, the answer and the end of
/// sequence with it.
/// </summary>
internal sealed class ChatGlm2SessionRecipe(GlmTokens tokens, SampleLengths lengths) : SampleRecipe
{
    public override IEnumerable<TrainingSample> Samples(CorpusRecord record)
    {
        var rounds = Rounds.Of(record);
        var sample = new SampleBuilder();
        sample.Add([tokens.GMask, tokens.Sop], TokenAuthor.Added);
        for (int i = 0; i < rounds.Pairs.Count; i++)
        {
            int[] question = sample.Cut(tokens.Encode(rounds.ChatGlm2Question(i)), lengths.Source, answer: false);
            int[] answer = sample.Cut(tokens.Encode(rounds.Pairs[i].Answer), lengths.Target, answer: true);
            if (sample.Length + question.Length + answer.Length + 1 > lengths.Total)
            {
                // Whole rounds go, so that no answer loses its end.
                int left = rounds.Pairs.Count - i;
                if (i == 0) throw new SampleException($"its first round takes {question.Length + answer.Length + 3} tokens, more than the {lengths.Total} allowed; allow longer samples, or limit source and target");
                for (int k = i; k < rounds.Pairs.Count; k++)
                    sample.Cuts += new SampleCuts(tokens.Encode(rounds.ChatGlm2Question(k)).Length, tokens.Encode(rounds.Pairs[k].Answer).Length + 1, 1, 1);
                break;
            }
            sample.Add(question, 2 * i).Add(answer, (2 * i) + 1, loss: true).Add(tokens.End, TokenAuthor.Added, loss: true);
        }
        return [sample.ToSample()];
    }
}
