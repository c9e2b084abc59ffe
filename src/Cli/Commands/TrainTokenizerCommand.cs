using System.CommandLine;
using Juxta.Training.Corpora;
using Juxta.Training.Vocabularies;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta train-tokenizer</c>: texts → a byte-level vocabulary of its own.</summary>
internal static class TrainTokenizerCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("files") { Description = "Training files, as of juxta train: conversations or texts", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--out", "-o") { Description = "Receives tokenizer.json and tokenizer_config.json", Required = true, HelpName = "DIR" };
        var size = new Option<int>("--size") { Description = "Tokens in all, the 256 bytes and the special tokens included", DefaultValueFactory = _ => 4096, HelpName = "N" };
        var least = new Option<int>("--least-count") { Description = "A pair must occur this often to be merged", DefaultValueFactory = _ => 2, HelpName = "N" };
        var special = new Option<string[]>("--special") { Description = "Special tokens in the order of their ids", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|pad|>"], HelpName = "TOKEN" };
        var eos = new Option<string>("--eos") { Description = "The special token that ends a text", DefaultValueFactory = _ => "<|im_end|>", HelpName = "TOKEN" };
        var pad = new Option<string?>("--pad") { Description = "The special token that fills up; never the one that ends", DefaultValueFactory = _ => "<|pad|>", HelpName = "TOKEN" };
        var template = new Option<FileInfo?>("--template-file") { Description = "Chat template (Jinja) to put in", HelpName = "F" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document" };
        var command = new Command("train-tokenizer", "Learn a byte-level BPE vocabulary from training files. The same files give the same vocabulary.") { files, output, size, least, special, eos, pad, template, json };
        command.SetAction(parsed =>
        {
            var settings = new TokenizerSettings { VocabularySize = parsed.GetValue(size), LeastCount = parsed.GetValue(least), SpecialTokens = parsed.GetValue(special) ?? [] };
            TrainedVocabulary vocabulary;
            try
            {
                vocabulary = TokenizerTrainer.Train(parsed.GetValue(files)!.SelectMany(file => CorpusFile.Read(file)).SelectMany(Texts), settings);
                TokenizerWriter.Write(parsed.GetValue(output)!, vocabulary, parsed.GetValue(eos)!, parsed.GetValue(pad), parsed.GetValue(template) is { } file ? File.ReadAllText(file.FullName) : null);
            }
            catch (ArgumentException error)
            {
                throw new InputException($"train-tokenizer: {error.Message.Split(" (Parameter")[0]}");
            }
            var made = new { Folder = Path.GetFullPath(parsed.GetValue(output)!), Tokens = vocabulary.Tokens.Count + settings.SpecialTokens.Count, Merges = vocabulary.Merges.Count };
            if (parsed.GetValue(json)) JsonLines.Write(made);
            else Console.WriteLine($"{made.Tokens} tokens ({made.Merges} merges) in {made.Folder}");
            return 0;
        });
        return command;
    }

    static IEnumerable<string> Texts(CorpusRecord record) => record.Dialogue is { } dialogue ? dialogue.Messages.Select(message => message.Content) : [record.Text ?? ""];
}
