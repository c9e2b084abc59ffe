using System.Threading.Channels;
using Juxta.Web.Chat.Messages;

namespace Juxta.WebTests.Chat;

public sealed class PacedTests
{
    [Fact]
    public async Task Items_arrive_in_order_in_few_batches_and_the_first_comes_at_once()
    {
        Channel<int> source = Channel.CreateUnbounded<int>();
        var time = new ManualTime();
        await using IAsyncEnumerator<IReadOnlyList<int>> batches = source.Reader.ReadAllAsync().InBatchesAsync(TimeSpan.FromMilliseconds(50), time).GetAsyncEnumerator();

        source.Writer.TryWrite(1);
        Assert.True(await batches.MoveNextAsync());
        Assert.Equal([1], batches.Current);

        for (int i = 2; i <= 500; i++) source.Writer.TryWrite(i);
        ValueTask<bool> next = batches.MoveNextAsync();
        await Task.Delay(30);
        Assert.False(next.IsCompleted, "the second batch came before the interval was over");
        await time.AdvanceAsync(TimeSpan.FromMilliseconds(50));
        Assert.True(await next);
        Assert.Equal(Enumerable.Range(2, 499), batches.Current);
    }

    [Fact]
    public async Task The_end_is_not_held_back()
    {
        int[][] batches = await Numbers(3).InBatchesAsync(TimeSpan.FromDays(1), TimeProvider.System).Select(batch => batch.ToArray()).ToArrayAsync();
        Assert.Equal([0, 1, 2], batches.SelectMany(batch => batch));
    }

    [Fact]
    public async Task A_failure_reaches_the_reader_after_what_came_before_it()
    {
        var seen = new List<int>();
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await foreach (IReadOnlyList<int> batch in Numbers(2, new InvalidOperationException("broken")).InBatchesAsync(TimeSpan.Zero, TimeProvider.System)) seen.AddRange(batch);
        });
        Assert.Equal("broken", error.Message);
        Assert.Equal([0, 1], seen);
    }

    [Fact]
    public async Task Leaving_ends_the_reading_of_the_source()
    {
        bool ended = false;
        async IAsyncEnumerable<int> Endless([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel = default)
        {
            try
            {
                for (int i = 0; ; i++)
                {
                    yield return i;
                    await Task.Delay(1, cancel);
                }
            }
            finally
            {
                ended = true;
            }
        }

        await foreach (IReadOnlyList<int> _ in Endless().InBatchesAsync(TimeSpan.Zero, TimeProvider.System)) break;
        Assert.True(ended);
    }

    static async IAsyncEnumerable<int> Numbers(int count, Exception? end = null)
    {
        for (int i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return i;
        }
        if (end is not null) throw end;
    }
}
