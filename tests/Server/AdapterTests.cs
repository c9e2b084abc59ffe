using System.Net;
using System.Text.Json;
using Juxta.Tests;

namespace Juxta.ServerTests;

/// <summary>Adapters over the API: load, receipt, use, unload, and refusals.</summary>
public sealed class AdapterTests
{
    [Fact]
    public async Task An_adapter_loads_with_a_receipt_answers_and_is_taken_away()
    {
        await using TestServer server = await TestServer.StartAsync("tiny");
        (HttpStatusCode status, JsonElement card) = await server.PostAsync("/v1/adapters", new { model = "tiny", name = "loud" });
        Assert.True(status == HttpStatusCode.OK, card.ToString());
        Assert.Equal("tiny:loud", card.GetProperty("id").GetString());
        Assert.Equal("ready", card.GetProperty("status").GetString());
        JsonElement receipt = card.GetProperty("receipt");
        Assert.Equal(6, receipt.GetProperty("modules").GetArrayLength());
        Assert.True(receipt.GetProperty("probe_max_logit_difference").GetDouble() > 0);
        Assert.True(receipt.GetProperty("modules")[0].GetProperty("delta_norm").GetDouble() > 0);

        foreach (string name in new[] { "loud", "tiny:loud" })
        {
            (_, JsonElement read) = await server.GetAsync("/v1/adapters/" + name);
            Assert.Equal(receipt.GetRawText(), read.GetProperty("receipt").GetRawText());
        }

        (_, JsonElement model) = await server.GetAsync("/v1/models/tiny:loud");
        Assert.True(model.GetProperty("ready").GetBoolean());
        Assert.Equal("adapter", model.GetProperty("kind").GetString());
        Assert.Equal("tiny", model.GetProperty("base").GetString());
        Assert.Equal(TinyModel.ContextLength, model.GetProperty("context_length").GetInt32());

        (status, JsonElement removal) = await TestServer.ReadAsync(await server.Http.DeleteAsync("/v1/adapters/loud"));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.True(removal.GetProperty("deleted").GetBoolean());
        (_, model) = await server.GetAsync("/v1/models/tiny:loud");
        Assert.False(model.GetProperty("ready").GetBoolean());
        (status, _) = await TestServer.ReadAsync(await server.Http.DeleteAsync("/v1/adapters/loud"));
        Assert.Equal(HttpStatusCode.NotFound, status);
    }

    [Fact]
    public async Task An_adapter_without_effect_is_refused_unless_allowed()
    {
        await using TestServer server = await TestServer.StartAsync("tiny");
        (HttpStatusCode status, JsonElement body) = await server.PostAsync("/v1/adapters", new { model = "tiny", name = "silent" });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("silent", body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        (status, _) = await server.PostAsync("/v1/adapters", new { model = "tiny", name = "silent", allow_no_effect = true });
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task An_adapter_can_have_another_name()
    {
        await using TestServer server = await TestServer.StartAsync("tiny");
        (HttpStatusCode status, JsonElement card) = await server.PostAsync("/v1/adapters", new { model = "tiny", name = "loud", alias = "shouting" });
        Assert.True(status == HttpStatusCode.OK, card.ToString());
        Assert.Equal("tiny:shouting", card.GetProperty("id").GetString());
        (status, _) = await server.PostAsync("/v1/completions", new { model = "tiny:shouting", prompt = "hello", max_tokens = 1 });
        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Theory]
    [InlineData("""{"model":"tiny"}""", HttpStatusCode.BadRequest, "path")]
    [InlineData("""{"model":"nobody","name":"loud"}""", HttpStatusCode.NotFound, "model")]
    [InlineData("""{"model":"tiny","name":"nobody"}""", HttpStatusCode.BadRequest, "name")]
    [InlineData("""{"model":"tiny","name":"loud","allow_unused":"yes"}""", HttpStatusCode.BadRequest, "allow_unused")]
    public async Task A_bad_request_is_refused_by_name(string body, HttpStatusCode expected, string parameter)
    {
        await using TestServer server = await TestServer.StartAsync("tiny");
        (HttpStatusCode status, JsonElement answer) = await server.PostAsync("/v1/adapters", body);
        Assert.True(status == expected, answer.ToString());
        Assert.Equal(parameter, answer.GetProperty("error").GetProperty("param").GetString());
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("../../..")]
    public async Task A_path_outside_the_configured_folders_is_refused(string path)
    {
        await using TestServer server = await TestServer.StartAsync("tiny");
        (HttpStatusCode status, JsonElement answer) = await server.PostAsync("/v1/adapters", new { model = "tiny", path });
        Assert.True(status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound, answer.ToString());
    }
}
