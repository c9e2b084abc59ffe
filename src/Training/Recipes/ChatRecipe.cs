using Juxta.Engine.Tokenization;
using Juxta.Training.Corpora;
using Juxta.Training.Dialogues;
using Juxta.Training.Masks;
using Juxta.Training.Recipes.Glm;
using Juxta.Training.Samples;

namespace Juxta.Training.Recipes;

/// <summary>Which answers of a conversation one sample teaches.</summary>
public enum AnswerChoice
{
    /// <summary>One sample, every answer carries loss.</summary>
    Session,

    /// <summary>One sample, only the last answer carries loss.</summary>
    Last,

    /// <summary>A sample for every answer, with all that came before it as context; together they carry the loss of one session, at the price of reading the context again.</summary>
    Split,

    /// <summary>A sample for every answer in which the earlier ones carry loss too: what people do by mistake; early answers count several times.</summary>
    Prefixes,
}

/// <summary>Conversations in the model's own chat format, masked by where the text came from.</summary>
public sealed class ChatRecipe(ChatFormat format, AnswerChoice choice, SampleLengths lengths) : SampleRecipe
{
    public override IEnumerable<TrainingSample> Samples(CorpusRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Dialogue dialogue = record.Dialogue ?? throw new SampleException("this record is a text and no conversation; use the mode pretrain for it");
        IReadOnlyList<int> answers = LossMask.Answers(dialogue);
        return choice switch
        {
            AnswerChoice.Session => [Sample(dialogue, answers)],
            AnswerChoice.Last => [Sample(dialogue, [answers[^1]])],
            AnswerChoice.Split => answers.Select(answer => Sample(dialogue, [answer])),
            _ => answers.Select((_, i) => Sample(dialogue, [.. answers.Take(i + 1)])),
        };
    }

    /// <summary>What comes after the last answer with loss teaches nothing and is left out.</summary>
    TrainingSample Sample(Dialogue dialogue, IReadOnlyList<int> answers)
    {
        (MarkedPrompt prompt, SampleCuts cuts) = Shortening.Apply(MarkedPrompt.Of(format, dialogue.Before(answers[^1] + 1), answers), lengths);
        var sample = new TrainingSample(prompt.Ids, LossMask.Labels(prompt.Ids, prompt.Answers), prompt.Authors) { Cuts = cuts, Remarks = prompt.Remarks };
        return format.Tokenizer.Kind == TokenizerKind.ChatGlm ? PrefixLm(sample) : sample;
    }

    /// <summary>ChatGLM-6B: what stands before &lt;sop&gt; sees itself both ways, so nothing there can be predicted.</summary>
    TrainingSample PrefixLm(TrainingSample sample)
    {
        int prefix = Array.LastIndexOf(sample.Ids, new GlmTokens(format.Tokenizer).Sop);
        if (prefix < 1 || sample.Labels.Take(prefix).Any(label => label != TrainingSample.NoLoss))
            throw new SampleException("this model sees its prompt both ways, so only the answer behind <sop> can be learnt; use the mode split or last");
        return sample.AsPrefixLm(prefix, mask: prefix - 1);
    }
}
