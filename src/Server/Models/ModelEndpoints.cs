using System.Text.Json.Serialization;
using Juxta.Server.Health;
using Juxta.Server.Wire;
using Juxta.Workbench.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Juxta.Server.Models;

/// <summary><c>GET /v1/models</c> and <c>/v1/models/{id}</c>: bases and adapters in one list, since either can be a request's <c>model</c>.</summary>
internal static class ModelEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models", (HttpContext http, ModelShelf shelf) =>
            WireJson.WriteAsync(http.Response, new ModelList(List(shelf)), WireJson.Default.ModelList));

        // An id may hold slashes.
        routes.MapGet("/v1/models/{**id}", (HttpContext http, ModelShelf shelf, string id) =>
            WireJson.WriteAsync(http.Response, Find(shelf, id), WireJson.Default.ModelCard));
    }

    static List<ModelCard> List(ModelShelf shelf) =>
        [.. shelf.Models.SelectMany(model => model.Adapters.SelectMany(adapter => WithAliases(ModelCard.Of(adapter, model), adapter.Aliases))
            .Concat(WithAliases(ModelCard.Of(model), model.Aliases)).OrderBy(card => card.Kind != "base"))];

    /// <summary>The card, and one for each further name: clients offer what this list holds.</summary>
    static IEnumerable<ModelCard> WithAliases(ModelCard card, IReadOnlyList<string> aliases) =>
        aliases.Select(alias => card with { Id = alias, Root = card.Id }).Prepend(card);

    static ModelCard Find(ModelShelf shelf, string id)
    {
        List<ModelCard> cards = List(shelf);
        if (cards.Find(card => card.Id == id) is ModelCard card) return card;
        ModelChoice choice = RequestedModel.Resolve(shelf, id, "model");
        string full = choice.Adapters is [var adapter] ? $"{choice.Model}:{adapter.Name}" : choice.Model;
        return cards.First(other => other.Id == full);
    }
}

internal sealed record ModelList(IReadOnlyList<ModelCard> Data)
{
    [JsonPropertyOrder(-1)]
    public string Object { get; } = "list";
}

/// <summary>A base or an adapter, as OpenAI lists models, with what Juxta knows besides.</summary>
/// <param name="Created">When its folder was last written, in Unix seconds.</param>
/// <param name="Kind"><c>base</c> or <c>adapter</c>.</param>
/// <param name="Base">For an adapter: the id of its base.</param>
/// <param name="ContextLength">Positions it was made for; null before it is opened.</param>
/// <param name="Status"><c>not_loaded</c>, <c>loading</c>, <c>ready</c> or <c>failed</c>.</param>
/// <param name="Error">Why it failed, or why it can no longer be opened.</param>
internal sealed record ModelCard(string Id, long Created, string Kind, string? Base, int? ContextLength, string Status, string? Error)
{
    [JsonPropertyOrder(-1)]
    public string Object { get; } = "model";

    public string OwnedBy { get; } = "juxta";

    /// <summary>For an alias: the id that it stands for.</summary>
    public string? Root { get; init; }

    public bool Ready => Status == "ready";

    public static ModelCard Of(ModelEntry model) => new(
        model.Id, Written(model.Folder), "base", null, model.Description?.ContextLength, HealthEndpoint.Word(model.Status), model.Error ?? model.Gone);

    public static ModelCard Of(AdapterEntry adapter, ModelEntry model) => new(
        adapter.Id, Written(adapter.Folder), "adapter", model.Id, model.Description?.ContextLength, HealthEndpoint.Word(adapter.Status), adapter.Error);

    static long Written(string folder) => new DateTimeOffset(Directory.GetLastWriteTimeUtc(folder)).ToUnixTimeSeconds();
}
