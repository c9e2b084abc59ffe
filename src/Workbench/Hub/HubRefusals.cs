using System.Net;

namespace Juxta.Workbench.Hub;

/// <summary>What a status other than success means to the person who asked. The Hub says more in the header X-Error-Code.</summary>
internal static class HubRefusals
{
    public static Exception Read(HttpResponseMessage response, HubId id, HubOptions options)
    {
        HttpStatusCode status = response.StatusCode;
        string code = response.Headers.TryGetValues("X-Error-Code", out IEnumerable<string>? codes) ? codes.First() : "";
        bool token = options.Token is not null;
        string model = $"{id.Owner}/{id.Name}";
        if (status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500)
        {
            TimeSpan? after = response.Headers.RetryAfter is { } retry ? retry.Delta ?? retry.Date - options.Time.GetUtcNow() : null;
            return new PassingHubException($"the Hub answers {(int)status} ({status}) for {model}", after: after);
        }
        return new HubException((status, code) switch
        {
            (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, "GatedRepo") => token
                ? $"{model} is gated and the account of HF_TOKEN has no access yet: ask for it at {options.Endpoint.AbsoluteUri.TrimEnd('/')}/{model}"
                : $"{model} is gated: accept its conditions at {options.Endpoint.AbsoluteUri.TrimEnd('/')}/{model}, then set HF_TOKEN to a token of that account",
            (HttpStatusCode.NotFound, "RevisionNotFound") => $"{model} has no revision '{id.Revision}': expected a branch, a tag or a commit",
            (HttpStatusCode.NotFound, "EntryNotFound") => $"a file that {model} listed is not there any more: run the same again",
            (HttpStatusCode.Unauthorized, not "RepoNotFound") when token => "the Hub does not accept HF_TOKEN: it is mistyped or no longer valid; set another one or unset it",
            (HttpStatusCode.Forbidden, _) => $"the Hub does not let {(token ? "the account of HF_TOKEN" : "you")} read {model}{(token ? ": the token needs the right to read it" : ": set HF_TOKEN")}",
            (HttpStatusCode.NotFound or HttpStatusCode.Unauthorized, _) =>
                $"there is no model {model} on {options.Endpoint.Host}, or it is private{(token ? " and the account of HF_TOKEN may not see it" : ": for a private one set HF_TOKEN")}; check the spelling",
            _ => $"the Hub answers {(int)status} ({status}) for {model}; is HF_ENDPOINT ({options.Endpoint.Host}) a Hub?",
        });
    }
}
