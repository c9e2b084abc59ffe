using System.Text;
using Juxta.Engine;
using Juxta.Workbench;
using Juxta.Workbench.Chat;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Juxta.Web.Chat.Transfer;

/// <summary>
/// Files to download: <c>GET /export/conversations?format=NAME&amp;id=…</c> (no id = all) and <c>GET /export/presets?name=…</c> (no name = all). What cannot
/// be written is 400, what is not there 404, each with its reason as plain text.
/// </summary>
internal static class ExportEndpoints
{
    /// <param name="conversation">Null = all.</param>
    public static string AddressOf(string format, Guid? conversation) => $"export/conversations?format={format}{(conversation is Guid id ? $"&id={id}" : "")}";

    public static string AddressOfPreset(string name) => $"export/presets?name={Uri.EscapeDataString(name)}";

    public static void MapExports(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/export/conversations", (Conversations conversations, string format, Guid[] id, CancellationToken cancel) => SendAsync(async () =>
        {
            ExportedFile file = await conversations.ExportAsync(format, id.Length == 0 ? null : id, cancel);
            return (file.Content, file.MediaType, file.Name);
        }));
        routes.MapGet("/export/presets", (Presets presets, string[] name) => SendAsync(async () =>
            (Encoding.UTF8.GetBytes(await presets.ExportAsync(name)), "application/json", name.Length == 1 ? $"{FileName(name[0])}.json" : "presets.json")));
    }

    /// <summary>A file, or why it cannot be had.</summary>
    public static async Task<IResult> SendAsync(Func<Task<(byte[] Content, string Type, string Name)>> make)
    {
        try
        {
            (byte[] content, string type, string name) = await make();
            return Results.File(content, type, name);
        }
        catch (NotFoundException e)
        {
            return Results.Text(e.Message, statusCode: StatusCodes.Status404NotFound);
        }
        catch (RequestException e)
        {
            return Results.Text(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    static string FileName(string name) =>
        string.Join('-', string.Concat(name.Select(c => char.IsLetterOrDigit(c) ? c : '-')).Split('-', StringSplitOptions.RemoveEmptyEntries)) is { Length: > 0 } clean ? clean : "preset";
}
