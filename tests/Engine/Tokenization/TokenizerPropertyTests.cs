using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Juxta.Engine.Tokenization;

namespace Juxta.EngineTests.Tokenization;

public sealed class TokenizerPropertyTests
{
    static readonly Tokenizer ByteLevel = SmallTokenizer.Parse(SmallTokenizer.ByteLevel());
    static readonly Tokenizer ByteFallback = SmallTokenizer.Parse(SmallTokenizer.ByteFallback());

    [Fact]
    public void Decoding_what_was_encoded_gives_the_text_back() =>
        Prop.ForAll(Texts(), text => ByteLevel.Decode(ByteLevel.Encode(text)) == text).QuickCheckThrowOnFailure();

    [Fact]
    public void Byte_fallback_gives_the_text_back() =>
        Prop.ForAll(Texts(), text => ByteFallback.Decode(ByteFallback.Encode(text, parseSpecial: false)) == text).QuickCheckThrowOnFailure();

    [Fact]
    public void Pieces_of_a_byte_level_stream_join_to_the_whole_decode() => Prop.ForAll(Ids(ByteLevel), ids =>
    {
        var stream = ByteLevel.StreamDecoder();
        return string.Concat(ids.Select(stream.Push)) + stream.Flush() == ByteLevel.Decode(ids);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Pieces_of_a_byte_fallback_stream_of_text_join_to_the_whole_decode() => Prop.ForAll(Texts(), text =>
    {
        int[] ids = ByteFallback.Encode(text);
        var stream = ByteFallback.StreamDecoder();
        return string.Concat(ids.Select(stream.Push)) + stream.Flush() == ByteFallback.Decode(ids);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_stream_never_splits_a_character() => Prop.ForAll(Ids(ByteLevel), ids =>
    {
        var stream = ByteLevel.StreamDecoder();
        return ids.Select(stream.Push).All(piece => piece.Length == 0 || !(char.IsLowSurrogate(piece[0]) || char.IsHighSurrogate(piece[^1])));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Bytes_of_the_tokens_join_to_the_bytes_of_the_text() => Prop.ForAll(Texts(), text =>
        ByteLevel.Encode(text).SelectMany(ByteLevel.BytesOf).SequenceEqual(Encoding.UTF8.GetBytes(text))).QuickCheckThrowOnFailure();

    [Fact]
    public void Many_threads_get_what_one_gets()
    {
        string[] texts = [.. Enumerable.Range(0, 200).Select(i => $"hello world {i} 你好 {i * 7919} hellohello")];
        int[][] alone = [.. texts.Select(text => ByteLevel.Encode(text))];
        Parallel.For(0, 2000, i => Assert.Equal(alone[i % 200], ByteLevel.Encode(texts[i % 200])));
    }

    static Arbitrary<string> Texts()
    {
        var fragments = Gen.Elements("hello", " world", " ", "\n\n", "你好", "é", "e\u0301", "😀", "👨‍👩‍👧", "123", "'s", "<think>", "<|im_end|>", "<s>", "a b", "\0", "\uFFFD", "_", "ab");
        return Gen.ArrayOf(fragments).Select(string.Concat).ToArbitrary();
    }

    static Arbitrary<int[]> Ids(Tokenizer tokenizer) => Gen.ArrayOf(Gen.Choose(-1, tokenizer.VocabularySize)).ToArbitrary();
}
