using Juxta.Engine;
using Juxta.Web.Chat;
using Juxta.Workbench;

namespace Juxta.WebTests.Chat;

public sealed class NoticesTests
{
    public static TheoryData<Exception, string> Failures { get; } = new()
    {
        { new EngineBusyException(TimeSpan.FromSeconds(3)), "The engine is busy" },
        { new ModelFormatException("bad header"), "This cannot be loaded" },
        { new RequestException("too hot", "temperature"), "Please check temperature" },
        { new RequestException("too long"), "This cannot be answered as it stands" },
        { new NotFoundException("no such model"), "Not found" },
        { new WorkbenchException("still answering"), "Not now" },
        { new IOException("disk full"), "The disk refused" },
        { new InvalidOperationException("a bug"), "Something went wrong" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Every_failure_has_a_title_and_keeps_its_message(Exception failure, string title)
    {
        Notice notice = Notices.Of(failure)!;
        Assert.Equal(title, notice.Title);
        Assert.Contains(failure.Message, notice.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Being_cancelled_is_no_news() => Assert.Null(Notices.Of(new TaskCanceledException()));
}
