using Juxta.Engine.Tokenization.Decoders;

namespace Juxta.Engine.Tokenization.Files;

/// <summary>Reads the <c>decoder</c> section into a flat list of steps.</summary>
static class DecoderReader
{
    public static TokenDecoder[] Read(JsonSection? section)
    {
        if (section is not { } whole) return [new SpaceBetweenDecoder()];
        List<TokenDecoder> steps = [];
        Flatten(whole, steps);
        return [.. steps];
    }

    static void Flatten(JsonSection section, List<TokenDecoder> steps)
    {
        if (section.RequireString("type") != "Sequence") { steps.Add(ReadOne(section)); return; }
        foreach (var part in section.Objects("decoders")) Flatten(part, steps);
    }

    static TokenDecoder ReadOne(JsonSection section)
    {
        switch (section.RequireString("type"))
        {
            case "ByteLevel": return new ByteLevelDecoder();
            case "ByteFallback": return new ByteFallbackDecoder();
            case "Fuse": return new FuseDecoder();
            case "Metaspace": return new MetaspaceDecoder(PreTokenizerReader.OneCharacter(section, "replacement"), PreTokenizerReader.Scheme(section));
            case "WordPiece": return new WordPieceDecoder(section.String("prefix") ?? "##", section.Bool("cleanup", true));
            case "BPEDecoder": return new SuffixDecoder(section.String("suffix") ?? "</w>");
            case "CTC": return new CtcDecoder(section.String("pad_token") ?? "<pad>", section.String("word_delimiter_token") ?? "|", section.Bool("cleanup", true));
            case "Strip": return new StripDecoder(PreTokenizerReader.OneCharacter(section, "content").ToString(), section.Int("start", 0), section.Int("stop", 0));
            case "Replace":
                var (pattern, literal) = PatternReader.Read(section);
                bool oneCharacter = literal is not null && literal.EnumerateRunes().Count() == 1;
                return new ReplaceDecoder(pattern, section.RequireString("content"), oneCharacter);
            case var type: throw section.Error($"the decoder '{type}' is not supported");
        }
    }
}

/// <summary>Reads the <c>post_processor</c> section.</summary>
static class PostProcessorReader
{
    public static PostProcessor Read(JsonSection? section)
    {
        if (section is not { } one) return PostProcessor.None;
        return one.RequireString("type") switch
        {
            "ByteLevel" => PostProcessor.None,
            "BertProcessing" or "RobertaProcessing" => new([TokenAndId(one, "cls")], [TokenAndId(one, "sep")]),
            "Sequence" => one.Objects("processors").Select(part => Read(part)).Aggregate(PostProcessor.None, (inner, outer) => inner.Then(outer)),
            "TemplateProcessing" => ReadTemplate(one),
            var type => throw one.Error($"the post-processor '{type}' is not supported"),
        };
    }

    static int TokenAndId(JsonSection section, string name)
    {
        var pair = section.Array(name).ToList();
        return pair.Count == 2 ? section.AsInt(pair[1], name) : throw section.Error($"'{name}': expected a token and its id");
    }

    static PostProcessor ReadTemplate(JsonSection section)
    {
        List<int> before = [], after = [];
        bool passed = false;
        foreach (var piece in section.Objects("single"))
        {
            if (piece.Object("Sequence") is not null)
            {
                if (passed) throw piece.Error("the text appears twice in the template, which is not supported");
                passed = true;
                continue;
            }
            string token = piece.RequireObject("SpecialToken").RequireString("id");
            var definition = section.RequireObject("special_tokens").RequireObject(token);
            (passed ? after : before).AddRange(definition.Array("ids").Select(id => definition.AsInt(id, "ids")));
        }
        return passed ? new(before, after) : throw section.Error("the template for one text does not contain the text");
    }
}
