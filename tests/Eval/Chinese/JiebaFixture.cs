using Juxta.Eval.Chinese;
using Juxta.Eval.Metrics;
using Juxta.Tests;

[assembly: AssemblyFixture(typeof(Juxta.EvalTests.Chinese.JiebaFixture))]

namespace Juxta.EvalTests.Chinese;

/// <summary>Fetches jieba's data once into the checkout's artifacts, as a user's first run does into the data folder.</summary>
public sealed class JiebaFixture : IAsyncLifetime
{
    static string? s_absent;

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("JUXTA_JIEBA") is null)
            Environment.SetEnvironmentVariable("JUXTA_JIEBA", Path.Combine(Fixtures.Repository, "artifacts", "jieba"));
        try
        {
            await JiebaPackages.InstallAsync();
        }
        catch (MetricException error)
        {
            s_absent = error.Message;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Skips the test, saying why, where the data could not be had.</summary>
    public static void Require() => Assert.SkipWhen(s_absent is not null, s_absent ?? "");
}
