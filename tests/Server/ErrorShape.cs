using System.Net;
using System.Text.Json;

namespace Juxta.ServerTests;

/// <summary>The one shape that every error has.</summary>
static class ErrorShape
{
    public static void Check(JsonElement body)
    {
        Assert.Equal(["error"], body.EnumerateObject().Select(property => property.Name));
        Assert.Equal(["message", "type", "param", "code"], body.GetProperty("error").EnumerateObject().Select(property => property.Name));
        Assert.NotEqual("", body.GetProperty("error").GetProperty("message").GetString());
    }

    /// <summary>Posts what must be refused and returns the error.</summary>
    public static async Task<JsonElement> RefusedAsync(this TestServer server, string path, string body, HttpStatusCode expected)
    {
        (HttpStatusCode status, JsonElement answer) = await server.PostAsync(path, body);
        Assert.True(status == expected, $"{status}: {answer}");
        Check(answer);
        return answer.GetProperty("error");
    }
}
