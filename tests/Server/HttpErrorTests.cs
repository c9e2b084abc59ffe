using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Juxta.Server;
using Juxta.Server.Completions;
using Juxta.Server.Wire;
using Juxta.Tests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Juxta.ServerTests;

/// <summary>What goes wrong around a request: its body, its path, its size, the model, the server itself.</summary>
public sealed class HttpErrorTests(SharedServers servers)
{
    [Theory]
    [InlineData("{\"model\":\n  \"tiny\",, }", "line 2, byte 10")]
    [InlineData("{\"model\":\"ti", "line 1")]
    [InlineData("[1]", "a JSON object")]
    [InlineData("", "empty")]
    [InlineData("""{"model":NaN}""", "line 1, byte 10")]
    public async Task Malformed_JSON_is_400_and_says_where(string body, string expected)
    {
        JsonElement error = await (await servers.GetAsync()).RefusedAsync("/v1/chat/completions", body, HttpStatusCode.BadRequest);
        Assert.Contains(expected, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task JSON_nested_without_end_is_400() =>
        await (await servers.GetAsync()).RefusedAsync("/v1/chat/completions", "{\"a\":" + new string('[', 100_000), HttpStatusCode.BadRequest);

    [Fact]
    public async Task A_body_that_is_not_UTF8_is_400_and_says_where()
    {
        TestServer server = await servers.GetAsync();
        byte[] bytes = [.. "{\"model\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        (HttpStatusCode status, JsonElement body) = await TestServer.ReadAsync(await server.Http.PostAsync("/v1/completions", content));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("position 10", body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_media_type_is_415()
    {
        TestServer server = await servers.GetAsync();
        (HttpStatusCode status, JsonElement body) = await TestServer.ReadAsync(
            await server.Http.PostAsync("/v1/chat/completions", new StringContent("{}", Encoding.UTF8, "text/plain")));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, status);
        Assert.Contains("application/json", body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_above_the_limit_is_413()
    {
        await using TestServer server = await TestServer.StartAsync("tiny", options => options with { MaxBodyBytes = 10_000 });
        (HttpStatusCode status, JsonElement body) = await server.PostAsync("/v1/completions", new { model = "tiny", prompt = new string('x', 20_000) });
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Equal("request_too_large", body.GetProperty("error").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("GET", "/v1/nothing", HttpStatusCode.NotFound)]
    [InlineData("POST", "/v1/embeddings", HttpStatusCode.NotFound)]
    [InlineData("GET", "/v1/chat/completions", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/v1/models/nobody", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/v1/adapters/nobody", HttpStatusCode.NotFound)]
    public async Task A_path_that_leads_nowhere_is_an_error_of_the_same_shape(string method, string path, HttpStatusCode expected)
    {
        TestServer server = await servers.GetAsync();
        (HttpStatusCode status, JsonElement body) = await TestServer.ReadAsync(await server.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path)));
        Assert.Equal(expected, status);
        ErrorShape.Check(body);
    }

    [Fact]
    public async Task Every_answer_carries_a_request_id()
    {
        TestServer server = await servers.GetAsync();
        HttpResponseMessage response = await server.Http.GetAsync("/v1/models");
        Assert.StartsWith("req_", response.Headers.GetValues("X-Request-Id").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_cannot_be_opened_is_503_and_listed_as_failed()
    {
        string folder = Directory.CreateTempSubdirectory("juxta-models-").FullName;
        TinyModel.Write(Path.Combine(folder, "broken"));
        File.WriteAllBytes(Path.Combine(folder, "broken", "model.safetensors"), [1, 2, 3]);
        await using (TestServer server = await TestServer.StartAsync("tiny", options => options with { Workbench = options.Workbench with { ModelFolders = [folder] } }))
        {
            (HttpStatusCode status, JsonElement body) = await server.PostAsync("/v1/completions", new { model = "broken", prompt = "a" });
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            ErrorShape.Check(body);
            Assert.Contains("model.safetensors", body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
            (_, JsonElement model) = await server.GetAsync("/v1/models/broken");
            Assert.Equal("failed", model.GetProperty("status").GetString());
            // The server itself is well: that model was not named at start.
            Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/health")).Status);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_fault_of_the_server_shows_the_request_id_and_nothing_else()
    {
        var http = new DefaultHttpContext();
        http.Response.Body = new MemoryStream();
        await new ErrorResponses(_ => throw new InvalidOperationException("the user's secret"), NullLogger<ErrorResponses>.Instance).InvokeAsync(http);
        Assert.Equal(500, http.Response.StatusCode);
        string body = Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray());
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
        Assert.Contains(http.Response.Headers["X-Request-Id"].ToString(), body, StringComparison.Ordinal);
        ErrorShape.Check(JsonDocument.Parse(body).RootElement);
    }

    [Fact]
    public async Task A_fault_in_the_middle_of_a_stream_is_an_event()
    {
        var http = new DefaultHttpContext();
        http.Response.Body = new MemoryStream();
        var options = new ServerOptions { Workbench = new Workbench.WorkbenchOptions() };
        await new AnswerStreams(options, NullLogger<ErrorResponses>.Instance).SendAsync(http.Response, _ => throw new AnswerFailedException("the user's secret"));
        string[] events = Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", events[^1]);
        ErrorShape.Check(JsonDocument.Parse(events[0]["data: ".Length..]).RootElement);
        Assert.DoesNotContain("secret", events[0], StringComparison.Ordinal);
    }
}
