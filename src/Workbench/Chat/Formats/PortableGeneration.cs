using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Engine.Generation;
using Juxta.Training.Corpora;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Storage;

namespace Juxta.Workbench.Chat.Formats;

/// <summary>
/// A generation in our own format: its value (what decided the answer, prompt ids included) and its steps (ids, text, log-probabilities, times, the
/// outcome on the last) as the database keeps them. So an imported answer can be replayed, continued and looked into like any other.
/// </summary>
internal static class PortableGeneration
{
    /// <summary>How an answer ends in a file that was written before it ended.</summary>
    static readonly Outcome StillWriting = new(OutcomeKind.Cancelled, "exported while it was being written");

    public static JsonObject Write(GenerationRecord record)
    {
        IEnumerable<GenerationStep> steps = record.Running
            ? record.Steps.Append(new GenerationStep(record.Steps.Count, new GeneratedToken { Outcome = StillWriting }, record.Usage.Duration))
            : record.Steps;
        var json = new JsonObject
        {
            ["created"] = record.Created.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
            ["outcome"] = (record.Outcome ?? StillWriting).ToString(),
            ["value"] = JsonNode.Parse(StoredJson.Write(record.Value)),
            ["steps"] = JsonNode.Parse(StoredJson.WriteSteps(steps)),
        };
        if (record.PromptScores.Count > 0) json["prompt_scores"] = JsonNode.Parse(StoredJson.Write(record.PromptScores));
        return json;
    }

    public static GenerationRecord Read(JsonField json)
    {
        json.Only(["created", "outcome", "value", "steps", "prompt_scores"]);
        var record = new GenerationRecord
        {
            Id = Guid.Empty,
            Created = json.Require("created").Time(),
            Value = Value(json.Require("value")),
            Steps = Steps(json.Require("steps")),
            PromptScores = json.Find("prompt_scores") is { } scores ? StoredValue.Read<TokenScore[]>(scores) : [],
        };
        StoredValue.NoNulls(json, record.PromptScores);
        JsonField outcome = json.Require("outcome");
        return outcome.Text() == record.Outcome!.ToString() ? record : throw outcome.Wrong($"that of the last step, '{record.Outcome}'");
    }

    static GenerationValue Value(JsonField json)
    {
        GenerationValue value = StoredValue.Read<GenerationValue>(json);
        // A parameter that is left out is null all the same.
        if (value.Spec is null || value.WeightsHash is null || value.AdapterHashes is null || value.EngineVersion is null)
            throw json.Bad("spec, weightsHash, adapterHashes and engineVersion must all be there");
        GenerationRequest request = value.Spec.Request;
        StoredValue.NoNulls(json, value.Spec.Warnings, request.Adapters, request.Stop.Strings, value.AdapterHashes, request.Adapters.Select(use => use?.Name));
        if (value.AdapterHashes.Count != request.Adapters.Count) throw json.Bad($"there are {request.Adapters.Count} adapters and {value.AdapterHashes.Count} hashes of adapters");
        if (request.PromptIds.Any(id => id < 0)) throw json.Bad("an id of the prompt is negative");
        if (request.Beginning is { } beginning && (beginning.Text is null || beginning.Start < 0 || beginning.Start > request.PromptIds.Count))
            throw json.Bad("the answer's beginning lies outside the prompt, or has no text");
        if (value.Spec.Remote is { } remote && (remote.Messages is null || remote.Messages.Any(message => message?.Role is null || message.Content is null)))
            throw json.Bad("a message to the other server lacks its role or its content");
        return value;
    }

    static List<GenerationStep> Steps(JsonField json)
    {
        foreach (JsonField item in json.Items()) item.Only(["id", "text", "logProb", "top", "outcome", "at", "remote"]);
        List<GenerationStep> steps;
        try
        {
            steps = [.. StoredJson.ReadSteps(json.Element.GetRawText(), 0)];
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            int place = e.Message.IndexOf(" Path:", StringComparison.Ordinal);
            throw json.Bad(place < 0 ? e.Message : e.Message[..place]);
        }
        if (steps.FindIndex(step => step.Token.Outcome is not null) != steps.Count - 1 || steps.Count == 0) throw json.Bad("the last step, and no other, must have an outcome");
        if (steps.Any(step => step.Token.Id < 0)) throw json.Bad("an id is negative");
        foreach (RemoteStep remote in steps.Select(step => step.Remote).OfType<RemoteStep>())
        {
            StoredValue.NoNulls(json, remote.Top, remote.Calls);
            if (remote.Top.Any(piece => piece.Text is null) || remote.Calls.Any(call => call.Id is null || call.Name is null || call.Arguments is null)) throw json.Bad("a piece or a call of the other server lacks its text");
        }
        return steps;
    }
}
