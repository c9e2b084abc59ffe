using System.CommandLine;
using Juxta.Engine.Tokenization;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta tokenize</c>: text → ids and back, as the model sees it.</summary>
internal static class TokenizeCommand
{
    public static Command Create()
    {
        var model = new Option<DirectoryInfo>("--model", "-m") { Description = "Checkpoint folder, or one with only its tokenizer", Required = true, HelpName = "DIR" };
        var jsonl = new Option<string?>("--jsonl") { Description = "File of {\"text\",\"add_special\",\"parse_special\"} lines ('-' = stdin); answers {\"ids\",\"decoded\",\"decoded_skip_special\"} lines", HelpName = "FILE" };
        var text = new Argument<string?>("text") { Description = "Text to encode", Arity = ArgumentArity.ZeroOrOne };
        var addSpecial = new Option<bool>("--add-special") { Description = "Add the tokenizer's own opening and closing tokens" };
        var plain = new Option<bool>("--no-parse-special") { Description = "Special tokens spelled out in the text stay text" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document" };
        var command = new Command("tokenize", "Show the token ids of a text, and what they decode to.") { text, model, jsonl, addSpecial, plain, json };
        command.SetAction(parsed =>
        {
            Tokenizer tokenizer = Tokenizer.Load(parsed.GetValue(model)!.FullName);
            if (parsed.GetValue(jsonl) is { } file)
            {
                foreach (JsonLine line in JsonLines.Read(file))
                    JsonLines.Write(Encode(tokenizer, line.Text("text"), line.Flag("add_special", false), line.Flag("parse_special", true)));
                return 0;
            }
            string typed = parsed.GetValue(text) ?? throw new InputException("tokenize: give a text, or --jsonl FILE");
            Encoding encoding = Encode(tokenizer, typed, parsed.GetValue(addSpecial), !parsed.GetValue(plain));
            if (parsed.GetValue(json)) JsonLines.Write(encoding);
            else Print(tokenizer, encoding);
            return 0;
        });
        return command;
    }

    static Encoding Encode(Tokenizer tokenizer, string text, bool addSpecial, bool parseSpecial)
    {
        int[] ids = tokenizer.Encode(text, addSpecial, parseSpecial);
        return new Encoding(ids, tokenizer.Decode(ids), tokenizer.Decode(ids, skipSpecial: true));
    }

    static void Print(Tokenizer tokenizer, Encoding encoding)
    {
        foreach (int id in encoding.Ids) Console.WriteLine($"{id,8}  {tokenizer.TokenOf(id)}{(tokenizer.IsSpecial(id) ? "  (special)" : "")}");
        Console.WriteLine($"{encoding.Ids.Length} tokens");
    }

    sealed record Encoding(int[] Ids, string Decoded, string DecodedSkipSpecial);
}
