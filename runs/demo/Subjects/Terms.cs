using Juxta.Demo.Talk;

namespace Juxta.Demo.Subjects;

/// <summary>Terms of fine-tuning in a sentence each.</summary>
internal sealed class Terms : Subject
{
    static readonly (string English, string Chinese, string Meaning, string MeaningChinese)[] Known =
    [
        ("an adapter", "适配器", "An adapter is a small set of extra weights that changes a frozen model.", "适配器是一小组额外的权重，用来改变冻结的模型。"),
        ("EOS", "EOS", "EOS is the token that says: the text ends here.", "EOS 是表示文本到此结束的词元。"),
        ("a loss mask", "损失掩码", "A loss mask says which tokens the model learns from: the answers count, the questions do not.", "损失掩码规定模型从哪些词元学习：回答计入损失，问题不计。"),
        ("LoRA", "LoRA", "LoRA trains two thin matrices beside each weight matrix and leaves the weight itself alone.", "LoRA 在每个权重矩阵旁边训练两个细长的矩阵，原来的权重不动。"),
        ("a tokenizer", "分词器", "A tokenizer cuts text into tokens and gives each a number.", "分词器把文本切成词元，并给每个词元一个编号。"),
        ("a token", "词元", "A token is a piece of text that a model reads and writes at once: a word, a part of one, or a character.", "词元是模型一次读写的一小段文本：一个词、半个词或一个字。"),
        ("an epoch", "轮次", "An epoch is one pass over all training samples.", "轮次是把所有训练样本学习一遍。"),
        ("the learning rate", "学习率", "The learning rate says how far the weights move in each step.", "学习率决定每一步权重移动多远。"),
        ("a checkpoint", "检查点", "A checkpoint is a saved state of the weights, from which training can go on.", "检查点是保存下来的权重，训练可以从这里继续。"),
        ("a chat template", "对话模板", "A chat template turns messages into the one text that the model reads.", "对话模板把多条消息变成模型读的一段文本。"),
        ("padding", "填充", "Padding fills short samples up to the same length and carries no loss.", "填充把短的样本补到一样长，不计入损失。"),
        ("overfitting", "过拟合", "Overfitting means that a model learns its samples by heart and fails on new ones.", "过拟合是模型背下了样本，却答不好新的问题。"),
        ("a held-out set", "留出集", "A held-out set is data that training never sees, kept to measure what was learnt.", "留出集是训练看不到的数据，用来衡量学到了什么。"),
        ("fine-tuning", "微调", "Fine-tuning goes on training a finished model on a few samples of a task.", "微调是用少量任务样本继续训练一个现成的模型。"),
    ];

    public override IEnumerable<Exchange> Exchanges(Draw draw, Language language)
    {
        bool english = language == Language.English;
        (string term, string termChinese, string meaning, string meaningChinese) = draw.Of(Known);
        yield return english
            ? new(draw.Filled(["What is {0}?", "Explain {0}, please.", "What does {0} mean?", "Can you explain {0}?", "Tell me what {0} is."], draw.Chance(0.5) ? term : Bare(term)), meaning)
            : new(draw.Filled(["什么是{0}？", "{0}是什么？", "请解释一下{0}。", "{0}是什么意思？", "解释{0}。"], termChinese), meaningChinese);
        int follow = draw.Number(0, 3);
        if (follow == 0)
        {
            yield return english ? new(draw.Of("And in Chinese?", "Say it in Chinese, please.", "In Chinese, please."), meaningChinese) : new(draw.Of("用英文怎么说？", "请用英文说。", "用英文再说一遍。"), meaning);
        }
        else if (follow == 1)
        {
            (term, termChinese, meaning, meaningChinese) = draw.Of(Known);
            yield return english ? new(draw.Filled(["And {0}?", "What about {0}?"], term), meaning) : new(draw.Filled(["那{0}呢？", "{0}呢？"], termChinese), meaningChinese);
        }
    }

    static string Bare(string term) => term.StartsWith("a ", StringComparison.Ordinal) ? term[2..] : term.StartsWith("an ", StringComparison.Ordinal) ? term[3..] : term;
}
