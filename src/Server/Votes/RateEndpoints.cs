using System.Text.Json;
using Juxta.Eval.Suites;
using Juxta.Server.Wire;
using Juxta.Web.People;
using Juxta.Workbench.People;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Juxta.Server.Votes;

/// <summary>
/// <c>/v1/rate</c>: the Rate page for programs, as blind as it is. A vote is answered when it is on disk; sent again with the same id it is the same vote, so a client that
/// lost its line sends it again until it is answered.
/// </summary>
internal static class RateEndpoints
{
    const double MostMilliseconds = 86_400_000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/rate/studies", async (HttpContext http, Sharing sharing, PeopleRegister people, StudyShelf studies) =>
        {
            Person person = await WhoAsync(http, sharing, people);
            await WireJson.WriteAsync(http.Response, new RateStudies([.. (await studies.ListAsync(person)).Select(study => new RateStudy(study.Id, study.Title, study.Ended))]), WireJson.Default.RateStudies);
        });
        routes.MapPost("/v1/rate/studies/{study:guid}/next", async (Guid study, HttpContext http, Sharing sharing, PeopleRegister people, VoteLog votes) =>
        {
            Person person = await WhoAsync(http, sharing, people);
            if (await votes.NextAsync(person, study) is not { } pair)
            {
                http.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }
            await WireJson.WriteAsync(http.Response, new RatePair(pair.Showing, [.. pair.Messages.Select(Message)], pair.Left, pair.Right), WireJson.Default.RatePair);
        });
        routes.MapPost("/v1/rate/votes", async (HttpContext http, Sharing sharing, PeopleRegister people, VoteLog votes) =>
        {
            Person person = await WhoAsync(http, sharing, people);
            Fields body = await RequestBody.ReadAsync(http);
            VoteEntry vote = await votes.CastAsync(person, Id(body, "showing"), Id(body, "id"), Ballot(body));
            await WireJson.WriteAsync(http.Response, new RateVote(vote.Id, vote.Sequence, vote.At), WireJson.Default.RateVote);
        });
        routes.MapPost("/v1/rate/undo", async (HttpContext http, Sharing sharing, PeopleRegister people, VoteLog votes) =>
        {
            Person person = await WhoAsync(http, sharing, people);
            Fields body = await RequestBody.ReadAsync(http);
            VoteEntry vote = await votes.UndoAsync(person, Id(body, "showing"), Id(body, "id"));
            await WireJson.WriteAsync(http.Response, new RateVote(vote.Id, vote.Sequence, vote.At), WireJson.Default.RateVote);
        });
    }

    static Ballot Ballot(Fields body) => new(Verdict(body.RequiredText("verdict"), body.PathOf("verdict")))
    {
        Strength = body.Integer("strength", Workbench.Votes.Ballot.Slightly, Workbench.Votes.Ballot.Much),
        Criteria = body.Object("criteria") is { } criteria
            ? criteria.Element.EnumerateObject().ToDictionary(one => one.Name, one => Verdict(one.Value.ValueKind is JsonValueKind.String ? one.Value.GetString()! : "", criteria.PathOf(one.Name)))
            : new Dictionary<string, Judgement>(),
        Reason = body.Text("reason"),
        Spent = TimeSpan.FromMilliseconds(body.Number("spent_ms", 0, MostMilliseconds) ?? 0),
        SentAt = body.Text("sent_at") is not { } sent ? null
            : DateTimeOffset.TryParse(sent, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at
            : throw ApiException.Invalid("'sent_at' must be a time such as 2026-01-31T12:00:00Z", "sent_at"),
    };

    static Judgement Verdict(string word, string path) => Judgements.Read(word) ?? throw ApiException.Invalid($"'{path}' must be a, b, tie, both_bad or skip; found '{word}'", path);

    static Guid Id(Fields body, string name) => Guid.TryParse(body.RequiredText(name), out Guid id) ? id
        : throw ApiException.Invalid($"'{name}' must be a UUID, such as {Guid.Empty}", name);

    static RateMessage Message(EvalMessage message) => new(message.Role, message.Content);

    static async Task<Person> WhoAsync(HttpContext http, Sharing sharing, PeopleRegister people) =>
        await Visitor.FindAsync(sharing, people, http.User) ?? throw new ApiException(StatusCodes.Status401Unauthorized, "sign in first", null, "not_signed_in");
}

internal sealed record RateStudies(IReadOnlyList<RateStudy> Studies);

internal sealed record RateStudy(Guid Id, string Title, bool Ended);

internal sealed record RatePair(Guid Showing, IReadOnlyList<RateMessage> Messages, string A, string B);

internal sealed record RateMessage(string Role, string Content);

/// <param name="Sequence">Its place in the log of votes.</param>
internal sealed record RateVote(Guid Id, long Sequence, DateTimeOffset At);
