using Juxta.Eval.Preferences;
using Juxta.Web.Chat.Transfer;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Votes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Juxta.Web.Studies;

/// <summary>Files of a study's votes, below <c>/export</c>, which is for leads.</summary>
internal static class VoteDownloads
{
    public static void MapVoteDownloads(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/export/votes/{study:guid}", (VoteExports exports, Guid study, string format, AgreementPolicy? agreement, TiePolicy? ties, bool? held_out) => ExportEndpoints.SendAsync(async () =>
        {
            ExportedFile file = await exports.ExportAsync(study, format, new ExportPolicy(ties ?? TiePolicy.Drop, agreement ?? AgreementPolicy.Majority), held_out ?? false);
            return (file.Content, file.MediaType, file.Name);
        }));
}
