namespace Juxta.Workbench.Endpoints;

/// <summary>Where a server's OpenAI API lies.</summary>
public sealed record EndpointAddress
{
    readonly string _api;

    EndpointAddress(string api) => _api = api;

    internal Uri Chat => new(_api + "/chat/completions");

    internal Uri Models => new(_api + "/models");

    /// <param name="url">Such as <c>http://localhost:8000/v1</c>; without a path <c>/v1</c> is meant.</param>
    /// <exception cref="EndpointException">It is none of the web, or holds more than an address.</exception>
    public static EndpointAddress Parse(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (!Uri.TryCreate(url.Trim(), UriKind.Absolute, out Uri? given) || given.Scheme is not ("http" or "https") || given.Query.Length > 0 || given.Fragment.Length > 0)
            throw new EndpointException($"'{url}' is no address of an API; expected one such as http://localhost:8000/v1");
        // Addresses are shown and stored in manifests.
        if (given.UserInfo.Length > 0) throw new EndpointException("the address holds a name or a password, which everybody would see; leave it out and give the key apart");
        return new EndpointAddress(given.AbsolutePath == "/" ? $"{given.GetLeftPart(UriPartial.Authority)}/v1" : given.AbsoluteUri.TrimEnd('/'));
    }

    public override string ToString() => _api;
}
