using Juxta.Server.Wire;
using Juxta.Workbench;
using Microsoft.Extensions.Logging.Abstractions;

namespace Juxta.ServerTests;

/// <summary>What an exception becomes on the wire where no request provokes it reliably.</summary>
public sealed class ErrorDescriptionTests
{
    [Fact]
    public void A_workbench_that_refuses_for_the_moment_is_a_503_with_its_reason()
    {
        ErrorBody body = ErrorResponses.Describe(new WorkbenchException("the model was just unloaded"), "req_1", NullLogger.Instance, out int status, out int? retryAfter);
        Assert.Equal((503, 1), (status, retryAfter));
        Assert.Equal("the model was just unloaded", body.Error.Message);
        ErrorResponses.Describe(new NotFoundException("no such answer"), "req_1", NullLogger.Instance, out status, out retryAfter);
        Assert.Equal((404, null), (status, retryAfter));
    }

    [Fact]
    public void A_fault_of_ours_says_the_request_and_nothing_of_the_text()
    {
        ErrorBody body = ErrorResponses.Describe(new InvalidDataException("secret words"), "req_7", NullLogger.Instance, out int status, out _);
        Assert.Equal(500, status);
        Assert.Contains("req_7", body.Error.Message);
        Assert.DoesNotContain("secret", body.Error.Message);
    }
}
