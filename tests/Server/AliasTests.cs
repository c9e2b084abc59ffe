using System.Net;
using System.Text.Json;
using Juxta.Workbench.Models;
using Microsoft.Extensions.DependencyInjection;

namespace Juxta.ServerTests;

/// <summary>Models and adapters under the names that people gave them.</summary>
public sealed class AliasTests
{
    [Fact]
    public async Task An_alias_is_listed_and_answers_under_its_own_name()
    {
        await using TestServer server = await TestServer.StartAsync("tiny");
        ModelShelf shelf = server.Services.GetRequiredService<ModelShelf>();
        await shelf.AddAliasAsync("tiny", "gpt-4o-mini");
        await shelf.AddAliasAsync("tiny:loud", "team/loud");

        (_, JsonElement list) = await server.GetAsync("/v1/models");
        Assert.Equal(
            ["tiny ", "gpt-4o-mini tiny", "tiny:loud ", "team/loud tiny:loud", "tiny:silent "],
            list.GetProperty("data").EnumerateArray().Select(card => $"{card.GetProperty("id")} {card.GetProperty("root")}"));
        (_, JsonElement one) = await server.GetAsync("/v1/models/team/loud");
        Assert.Equal(("adapter", "tiny"), (one.GetProperty("kind").GetString(), one.GetProperty("base").GetString()));

        foreach ((string alias, string id) in new[] { ("gpt-4o-mini", "tiny"), ("team/loud", "tiny:loud") })
        {
            (HttpStatusCode status, JsonElement answer) = await server.PostAsync("/v1/completions", new { model = alias, prompt = "hello", max_tokens = 4, temperature = 0 });
            Assert.True(status == HttpStatusCode.OK, answer.ToString());
            Assert.Equal(alias, answer.GetProperty("model").GetString());
            (_, JsonElement same) = await server.PostAsync("/v1/completions", new { model = id, prompt = "hello", max_tokens = 4, temperature = 0 });
            Assert.Equal(same.GetProperty("choices").GetRawText(), answer.GetProperty("choices").GetRawText());
        }

        await shelf.RemoveAliasAsync("gpt-4o-mini");
        (HttpStatusCode gone, _) = await server.PostAsync("/v1/completions", new { model = "gpt-4o-mini", prompt = "hello" });
        Assert.Equal(HttpStatusCode.NotFound, gone);
    }
}
