using System.CommandLine;
using Juxta.Engine;
using Juxta.Engine.Weights;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta logits</c>: the numbers themselves, for comparison with another implementation.</summary>
internal static class LogitsCommand
{
    public static Command Create()
    {
        var model = new ModelArguments();
        var jsonl = new Option<string>("--jsonl") { Description = "File of {\"key\",\"ids\"} lines ('-' = stdin)", Required = true, HelpName = "FILE" };
        var output = new Option<FileInfo>("--out") { Description = "Safetensors file to write: per key one f32 tensor [tokens, vocabulary]", Required = true, HelpName = "FILE.safetensors" };
        var json = new Option<bool>("--json") { Description = "Print {\"key\",\"tokens\",\"vocabulary\"} lines" };
        var command = new Command("logits", "Write the logits at every position of given token ids to a safetensors file.") { jsonl, output, json };
        model.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            string file = parsed.GetValue(jsonl)!;
            await using LoadedModel loaded = await model.OpenAsync(parsed, cancel: cancel);
            var tensors = new List<(string Key, int[] Shape, float[] Values)>();
            foreach (JsonLine line in JsonLines.Read(file))
            {
                string key = line.Text("key");
                if (tensors.Any(t => t.Key == key)) throw line.Error($"key '{key}' occurs twice");
                LogitsResult result;
                try
                {
                    result = await loaded.Engine.LogitsAsync(line.Ids("ids"), loaded.Adapters, cancel);
                }
                catch (RequestException error)
                {
                    throw line.Error(error.Message);
                }
                tensors.Add((key, [result.Tokens, result.Vocabulary], result.Values));
                if (parsed.GetValue(json)) JsonLines.Write(new { key, tokens = result.Tokens, vocabulary = result.Vocabulary });
            }
            SafeTensorsWriter.Write(parsed.GetValue(output)!.FullName, tensors);
            if (!parsed.GetValue(json)) Console.Error.WriteLine($"wrote {tensors.Count} tensors to {parsed.GetValue(output)!.FullName}");
            return 0;
        });
        return command;
    }
}
