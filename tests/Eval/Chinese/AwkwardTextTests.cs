using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Juxta.Eval.Chinese;

namespace Juxta.EvalTests.Chinese;

/// <summary>Segmentation of what no corpus has: mixed scripts, rare ideographs, halves of pairs, endless runs. What is expected was printed by jieba 0.42.1.</summary>
public sealed class AwkwardTextTests
{
    static readonly string[] Pieces =
    [
        "的", "中国", "北京大学", "云计算", "永和服装饰品", "南京市长江大桥", "研究生命起源", "乒乓球拍卖完了", "隔夜茶", "杭研大厦", "丁一凡", "㐀", "𠮷", "😀", "👨‍👩‍👧", "が", "カタカナ", "한국어",
        "Hello", "C++", "c#", "AT&T", "iPhone15", "3.14", "100%", "2024-01-02", "-", "_", "..", "&", "+", "  ", "\t", "\r\n", "\n", "\r", "\u3000", "\u001c", "，", "。", "“", "”", "……", "——", "é", "Ⅷ", "①",
        "龥", "龦", "鿕", "鿖", "一", "二", "十", "百", "了", "不", "T恤", "B超", "卡拉OK", "3D打印", "%", "#",
    ];

    [Theory]
    [InlineData("")]
    [InlineData(" ", " ")]
    [InlineData("\r\n\r", "\r\n", "\r")]
    [InlineData("𠮷野家在东京", "𠮷", "野家", "在", "东京")]
    [InlineData("😀😀我来到👨‍👩‍👧北京", "😀", "😀", "我", "来到", "👨", "\u200d", "👩", "\u200d", "👧", "北京")]
    [InlineData("がんばれ中国カタカナ한국어", "が", "ん", "ば", "れ", "中国", "カ", "タ", "カ", "ナ", "한", "국", "어")]
    [InlineData("C++和C#语言，AT&T公司3.14%的iPhone15", "C++", "和", "C#", "语言", "，", "AT&T", "公司", "3.14%", "的", "iPhone15")]
    [InlineData("aaaaaaaaaaaaaaaaaaaa中1.1.1.", "aaaaaaaaaaaaaaaaaaaa", "中", "1.1", ".", "1", ".")]
    [InlineData("..--__&&", "..--__&&")]
    [InlineData("鿕鿖龥龦㐀一丁", "鿕", "鿖", "龥", "龦", "㐀", "一丁")]
    [InlineData("中中中中中中中中中中中中", "中中", "中", "中", "中", "中", "中", "中", "中", "中", "中", "中")]
    [InlineData("\u3000全角\u3000空格\u001c", "\u3000", "全角", "\u3000", "空格", "\u001c")]
    [InlineData("T恤B超卡拉OK3D打印", "T恤", "B超", "卡拉", "OK3D", "打印")]
    [InlineData("100%.5%", "100%", ".", "5%")]
    [InlineData("他说：“杭研大厦……”——丁一凡", "他", "说", "：", "“", "杭研", "大厦", "…", "…", "”", "—", "—", "丁一凡")]
    public void Words_are_jiebas(string text, params string[] words)
    {
        JiebaFixture.Require();
        Assert.Equal(words, Jieba.Default.Cut(text));
    }

    /// <summary>The expected hashes are of jieba.cut over the same texts, drawn by the same numbers.</summary>
    [Theory]
    [InlineData(true, "9f22012591800340d93226b82c11df11347394220efaec708869a9613b5e08a7")]
    [InlineData(false, "fb461397eef92b4a0fc5c0c6f06478586a10984116358291a9b6d2a1b7a10efa")]
    public void Two_thousand_drawn_texts_are_cut_as_jieba_cuts_them(bool useModel, string expected)
    {
        JiebaFixture.Require();
        ulong state = 2024;
        int Draw(int below) => (int)(((state = state * 6364136223846793005 + 1442695040888963407) >> 33) % (ulong)below);
        var lengths = new StringBuilder();
        for (int n = 0; n < 2000; n++)
        {
            var text = new StringBuilder();
            for (int left = Draw(40); left > 0; left--)
            {
                switch (Draw(4))
                {
                    case 0: text.Append((char)(0x4E00 + Draw(0x9FD5 - 0x4E00 + 1))); break;
                    case 1: text.Append((char)(0x4E00 + Draw(2000))); break;
                    default: text.Append(Pieces[Draw(Pieces.Length)]); break;
                }
            }
            lengths.AppendJoin(',', Jieba.Default.Cut(text.ToString(), useModel).Select(word => word.Length.ToString(CultureInfo.InvariantCulture))).Append(';');
        }
        Assert.Equal(expected, Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(lengths.ToString()))));
    }

    [Fact]
    public void Halves_of_pairs_and_endless_runs_stay_whole_texts()
    {
        JiebaFixture.Require();
        string[] texts = ["\uD83D", "\uDE00中国", "中\uD842国", "中国\uD842", new('中', 5000), new('a', 5000), string.Concat(Enumerable.Repeat("龘靐齉", 2000)), string.Concat(Enumerable.Repeat("3.14%", 1500))];
        foreach (string text in texts)
            foreach (bool useModel in (bool[])[true, false]) Assert.Equal(text, string.Concat(Jieba.Default.Cut(text, useModel)));
    }
}
