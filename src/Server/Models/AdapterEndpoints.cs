using System.Text.Json.Serialization;
using Juxta.Engine;
using Juxta.Engine.Lora;
using Juxta.Server.Health;
using Juxta.Server.Wire;
using Juxta.Workbench;
using Juxta.Workbench.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Juxta.Server.Models;

/// <summary><c>/v1/adapters</c>: list, load and unload adapters, and read the receipts that prove they act (design D6).</summary>
internal static class AdapterEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/adapters", (HttpContext http, ModelShelf shelf) =>
            WireJson.WriteAsync(http.Response, new AdapterList([.. shelf.Models.SelectMany(model => model.Adapters).Select(AdapterCard.Of)]), WireJson.Default.AdapterList));
        routes.MapGet("/v1/adapters/{**name}", (HttpContext http, ModelShelf shelf, string name) =>
            WireJson.WriteAsync(http.Response, AdapterCard.Of(Find(shelf, name)), WireJson.Default.AdapterCard));
        routes.MapPost("/v1/adapters", LoadAsync);
        routes.MapDelete("/v1/adapters/{**name}", UnloadAsync);
    }

    static async Task LoadAsync(HttpContext http, ModelShelf shelf)
    {
        Fields body = await RequestBody.ReadAsync(http);
        string model = body.RequiredText("model");
        string parameter = body.Value("path") is null && body.Value("name") is not null ? "name" : "path";
        string adapter = body.RequiredText(parameter);
        var options = new AdapterOptions { AllowUnused = body.Flag("allow_unused") ?? false, AllowNoEffect = body.Flag("allow_no_effect") ?? false };
        ModelChoice choice = RequestedModel.Resolve(shelf, model, "model");
        string? alias = body.Text("alias");
        AdapterEntry entry;
        try
        {
            entry = await shelf.LoadAdapterAsync(choice.Model, adapter, alias, options, http.RequestAborted);
        }
        catch (NotFoundException error)
        {
            throw new ApiException(404, error.Message, parameter, "adapter_not_found");
        }
        catch (RequestException error)
        {
            // The shelf calls the folder "adapter" and the alias "name".
            throw ApiException.Invalid(error.Message, error.Parameter == "name" && alias is not null ? "alias" : parameter);
        }

        await WireJson.WriteAsync(http.Response, AdapterCard.Of(entry), WireJson.Default.AdapterCard);
    }

    static Task UnloadAsync(HttpContext http, ModelShelf shelf, string name)
    {
        AdapterEntry entry = Find(shelf, name);
        if (!shelf.UnloadAdapter(entry.Model, entry.Name))
        {
            throw new ApiException(404, $"the adapter '{entry.Id}' is not loaded", "name", "adapter_not_loaded");
        }

        return WireJson.WriteAsync(http.Response, new Removal(entry.Id), WireJson.Default.Removal);
    }

    /// <summary>By id (<c>base:adapter</c>), or by a name that only one base's adapter has.</summary>
    static AdapterEntry Find(ModelShelf shelf, string name)
    {
        AdapterEntry[] all = [.. shelf.Models.SelectMany(model => model.Adapters)];
        AdapterEntry[] found = [.. all.Where(adapter => adapter.Id == name)];
        if (found.Length == 0) found = [.. all.Where(adapter => adapter.Name == name)];
        return found switch
        {
            [var only] => only,
            [] => throw new ApiException(404, $"there is no adapter '{name}'; GET /v1/adapters lists them", "name", "adapter_not_found"),
            _ => throw ApiException.Invalid($"'{name}' could be {string.Join(" or ", found.Select(adapter => adapter.Id))}; name it so", "name"),
        };
    }
}

internal sealed record AdapterList(IReadOnlyList<AdapterCard> Data)
{
    [JsonPropertyOrder(-1)]
    public string Object { get; } = "list";
}

/// <summary>An adapter with the receipt that was made when it was loaded.</summary>
/// <param name="Id">What a request's <c>model</c> calls it.</param>
/// <param name="Name">What a request's <c>adapters</c> call it.</param>
/// <param name="Receipt">Null before it is loaded.</param>
internal sealed record AdapterCard(string Id, string Name, string Model, string Folder, string Status, string? Error, AdapterReceipt? Receipt)
{
    [JsonPropertyOrder(-1)]
    public string Object { get; } = "adapter";

    public static AdapterCard Of(AdapterEntry entry) => new(
        entry.Id, entry.Name, entry.Model, entry.Folder, HealthEndpoint.Word(entry.Status), entry.Error, entry.Receipt);
}

/// <summary>What was taken away.</summary>
internal sealed record Removal(string Id)
{
    [JsonPropertyOrder(-1)]
    public string Object { get; } = "adapter";

    public bool Deleted { get; } = true;
}
