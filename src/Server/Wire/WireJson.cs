using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Juxta.Server.Chat;
using Juxta.Server.Completions;
using Juxta.Server.Health;
using Juxta.Server.Models;
using Juxta.Server.Votes;
using Microsoft.AspNetCore.Http;

namespace Juxta.Server.Wire;

/// <summary>All that goes over the wire, in snake_case, with text as UTF-8 and not as escapes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(ChatResponse))]
[JsonSerializable(typeof(ChatChunk))]
[JsonSerializable(typeof(ChatChunkWithUsage))]
[JsonSerializable(typeof(CompletionResponse))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelCard))]
[JsonSerializable(typeof(AdapterList))]
[JsonSerializable(typeof(AdapterCard))]
[JsonSerializable(typeof(Removal))]
[JsonSerializable(typeof(TokenizeResponse))]
[JsonSerializable(typeof(DetokenizeResponse))]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(RateStudies))]
[JsonSerializable(typeof(RatePair))]
[JsonSerializable(typeof(RateVote))]
internal sealed partial class WireJson : JsonSerializerContext
{
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task WriteAsync<T>(HttpResponse response, T value, JsonTypeInfo<T> type)
    {
        response.ContentType = "application/json; charset=utf-8";
        await using (var writer = new Utf8JsonWriter(response.BodyWriter, WriterOptions)) JsonSerializer.Serialize(writer, value, type);
        await response.BodyWriter.FlushAsync(response.HttpContext.RequestAborted);
    }
}
