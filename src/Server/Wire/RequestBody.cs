using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Juxta.Server.Wire;

/// <summary>Reads a request's body as one JSON object, refusing by name whatever is not one.</summary>
internal static class RequestBody
{
    static readonly JsonDocumentOptions Options = new() { MaxDepth = 128 };

    /// <exception cref="ApiException">415, 413 or 400 with the position of what is wrong.</exception>
    public static async Task<Fields> ReadAsync(HttpContext http)
    {
        if (!http.Request.HasJsonContentType())
        {
            throw new ApiException(415, $"the Content-Type is '{http.Request.ContentType}'; expected application/json", null, "unsupported_media_type");
        }

        byte[] bytes = await ReadBytesAsync(http.Request.BodyReader, http.RequestAborted);
        if (bytes.Length == 0) throw ApiException.Invalid("the body is empty; expected a JSON object", null, "invalid_json");
        if (!Utf8.IsValid(bytes)) throw ApiException.Invalid($"the body is not valid UTF-8: bad byte at position {FirstInvalidByte(bytes)}", null, "invalid_json");
        try
        {
            JsonElement root = JsonDocument.Parse(bytes, Options).RootElement;
            if (bytes.AsSpan().IndexOf("\\u"u8) >= 0) RefuseLoneSurrogates(root, "");
            return new Fields(root);
        }
        catch (JsonException error)
        {
            throw ApiException.Invalid($"the body is not valid JSON: line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}: {Reason(error)}", null, "invalid_json");
        }
    }

    static async Task<byte[]> ReadBytesAsync(PipeReader reader, CancellationToken cancel)
    {
        while (true)
        {
            ReadResult read = await reader.ReadAsync(cancel);
            if (read.IsCompleted)
            {
                byte[] bytes = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return bytes;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    static int FirstInvalidByte(byte[] bytes)
    {
        int position = 0;
        while (Rune.DecodeFromUtf8(bytes.AsSpan(position), out _, out int used) == OperationStatus.Done) position += used;
        return position;
    }

    /// <summary>JSON may escape half of a character ("\ud83d"), which no text can hold: refused here, once, wherever it stands.</summary>
    static void RefuseLoneSurrogates(JsonElement value, string path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    string name = Whole(() => property.Name, path);
                    RefuseLoneSurrogates(property.Value, path.Length == 0 ? name : $"{path}.{name}");
                }

                break;
            case JsonValueKind.Array:
                int index = 0;
                foreach (JsonElement item in value.EnumerateArray()) RefuseLoneSurrogates(item, $"{path}[{index++}]");
                break;
            case JsonValueKind.String:
                Whole(value.GetString, path);
                break;
        }
    }

    static string Whole(Func<string?> read, string path)
    {
        try
        {
            return read()!;
        }
        catch (InvalidOperationException)
        {
            throw ApiException.Invalid($"'{path}' holds half of a surrogate pair (\\ud800 … \\udfff alone), which is not text", path, "invalid_json");
        }
    }

    /// <summary>The parser's reason without its own mention of the position.</summary>
    static string Reason(JsonException error)
    {
        int position = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return position < 0 ? error.Message : error.Message[..position];
    }
}
