using Juxta.Engine.Tokenization;
using Juxta.Training.Corpora;
using Juxta.Training.Dialogues;
using Juxta.Training.Masks;
using Juxta.Training.Recipes;
using Juxta.Training.Samples;

namespace Juxta.TrainingTests;

/// <summary>Small chat formats, and short ways to samples of them.</summary>
static class Format
{
    public const string ChatMl =
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

    /// <summary>Nothing ends a turn but the next role's token.</summary>
    public const string Glm4 = "[gMASK]<sop>{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";

    public static readonly string[] Specials = ["<|im_start|>", "<|im_end|>", "<|endoftext|>", "[gMASK]", "<sop>", "<|system|>", "<|user|>", "<|assistant|>", "<|observation|>"];

    public static Tokenizer Tokenizer(string template, string eos = "<|im_end|>", string? pad = null) => ByteTokenizer.With(
        Specials, new Dictionary<string, string> { ["eos_token"] = eos, ["pad_token"] = pad ?? "<|endoftext|>" }, template, plainAdded: ["<think>", "</think>"]);

    public static Dialogue Dialogue(params (string Role, string Content)[] turns) => new([.. turns.Select(turn => new DialogueMessage(turn.Role, turn.Content))]);

    public static List<TrainingSample> Samples(Tokenizer tokenizer, Dialogue dialogue, AnswerChoice choice = AnswerChoice.Session, SampleLengths? lengths = null) =>
        [.. new ChatRecipe(ChatFormat.Of(tokenizer), choice, lengths ?? SampleLengths.Unlimited).Samples(new CorpusRecord("test", 1) { Dialogue = dialogue })];

    /// <summary>The whole sample as text, stretches with loss as ⟦…⟧.</summary>
    public static string Paint(Tokenizer tokenizer, TrainingSample sample)
    {
        var text = new System.Text.StringBuilder();
        for (int i = 0; i < sample.Length;)
        {
            int start = i;
            bool loss = sample.Labels[i] != TrainingSample.NoLoss;
            while (i < sample.Length && sample.Labels[i] != TrainingSample.NoLoss == loss) i++;
            string part = tokenizer.Decode(sample.Ids.AsSpan(start, i - start));
            text.Append(loss ? $"⟦{part}⟧" : part);
        }
        return text.ToString();
    }

    public static string Paint(Tokenizer tokenizer, Dialogue dialogue, AnswerChoice choice = AnswerChoice.Session) => Paint(tokenizer, Assert.Single(Samples(tokenizer, dialogue, choice)));
}
