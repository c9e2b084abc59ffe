using Juxta.Engine.Tokenization;
using Juxta.Training.Vocabularies;

namespace Juxta.TrainingTests.Vocabularies;

public sealed class TokenizerTrainerTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static readonly string[] Texts =
    [
        "The river runs past the mill; the miller runs past the river.", "It's 1998 again, isn't it?\n\nYes: 1998!", "河水流过磨坊，磨坊主走过河边。河水很清。", "La rivière coule… naïve café ☕️ 👩‍👩‍👧",
        "<|im_start|>user\nThe mill<|im_end|>", "the the the the",
    ];

    static readonly TokenizerSettings Settings = new() { VocabularySize = 340 };

    Tokenizer Written(TrainedVocabulary vocabulary)
    {
        TokenizerWriter.Write(_folder, vocabulary, eos: "<|im_end|>", pad: "<|pad|>", chatTemplate: "{{ messages[0].content }}");
        return Tokenizer.Load(_folder);
    }

    [Fact]
    public void Every_text_can_be_written_and_comes_back_as_it_was()
    {
        Tokenizer tokenizer = Written(TokenizerTrainer.Train(Texts, Settings));
        foreach (string text in (string[])[.. Texts, "", " ", "never seen: ζωή \u0001 \U0001F600", "\r\n\t  x"])
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text, addSpecial: false, parseSpecial: false)));
        Assert.Equal(tokenizer.EosId, Assert.Single(tokenizer.Encode("<|im_end|>", addSpecial: false, parseSpecial: true)));
        Assert.NotEqual(tokenizer.EosId, tokenizer.PadId);
        Assert.Equal("{{ messages[0].content }}", tokenizer.ChatTemplate);
    }

    [Fact]
    public void What_is_frequent_becomes_one_token_and_special_tokens_come_last()
    {
        TrainedVocabulary vocabulary = TokenizerTrainer.Train(Texts, Settings);
        Tokenizer tokenizer = Written(vocabulary);
        Assert.Single(tokenizer.Encode(" the", addSpecial: false, parseSpecial: false));
        Assert.DoesNotContain(vocabulary.Tokens, token => token.Contains("im_start", StringComparison.Ordinal));
        Assert.Equal(vocabulary.Tokens.Count + 3, tokenizer.PadId);
        Assert.True(tokenizer.VocabularySize <= Settings.VocabularySize);
    }

    [Fact]
    public void Merges_are_those_of_counting_everything_anew_each_time()
    {
        var random = new Random(3);
        for (int round = 0; round < 30; round++)
        {
            (int[] Symbols, long Count)[] words = [.. Enumerable.Range(0, 12).Select(_ => (Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Next(4)).ToArray(), (long)random.Next(1, 6)))];
            var trainer = new BytePairTrainer(words);
            List<List<int>> plain = [.. words.Select(word => word.Symbols.ToList())];
            for (int symbol = 4; ; symbol++)
            {
                (int, int)? expected = MostFrequent(plain, words, least: 2);
                Assert.Equal(expected, trainer.Merge(symbol, least: 2));
                if (expected is not (int left, int right)) break;
                foreach (List<int> word in plain)
                {
                    for (int i = 0; i + 1 < word.Count; i++)
                    {
                        if (word[i] != left || word[i + 1] != right) continue;
                        word[i] = symbol;
                        word.RemoveAt(i + 1);
                    }
                }
            }
        }
    }

    static (int, int)? MostFrequent(List<List<int>> words, (int[] Symbols, long Count)[] counts, long least)
    {
        var pairs = new SortedDictionary<(int, int), long>();
        for (int w = 0; w < words.Count; w++)
            for (int i = 0; i + 1 < words[w].Count; i++) pairs[(words[w][i], words[w][i + 1])] = pairs.GetValueOrDefault((words[w][i], words[w][i + 1])) + counts[w].Count;
        long most = pairs.Values.DefaultIfEmpty(0).Max();
        return most < least ? null : pairs.First(pair => pair.Value == most).Key;
    }

    [Fact]
    public void The_same_texts_in_another_order_give_the_same_vocabulary()
    {
        TrainedVocabulary once = TokenizerTrainer.Train(Texts, Settings), again = TokenizerTrainer.Train(Texts.Reverse(), Settings);
        Assert.Equal(once.Tokens, again.Tokens);
    }

    [Fact]
    public void What_cannot_be_is_refused_with_the_reason()
    {
        Assert.Contains("no room for 256 bytes", Assert.Throws<ArgumentException>(() => TokenizerTrainer.Train(Texts, new TokenizerSettings { VocabularySize = 200 })).Message, StringComparison.Ordinal);
        Assert.Contains("given twice", Assert.Throws<ArgumentException>(() => TokenizerTrainer.Train(Texts, new TokenizerSettings { SpecialTokens = ["<e>", "<e>"] })).Message, StringComparison.Ordinal);
        TrainedVocabulary vocabulary = TokenizerTrainer.Train(Texts, Settings);
        Assert.Contains("is no special token", Assert.Throws<ArgumentException>(() => TokenizerWriter.Write(_folder, vocabulary, eos: "</s>")).Message, StringComparison.Ordinal);
        Assert.Contains("would leave out the end", Assert.Throws<ArgumentException>(() => TokenizerWriter.Write(_folder, vocabulary, eos: "<|im_end|>", pad: "<|im_end|>")).Message, StringComparison.Ordinal);
    }
}
