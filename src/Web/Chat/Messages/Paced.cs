using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Juxta.Web.Chat.Messages;

/// <summary>Slows a stream of steps down to what a page can show.</summary>
internal static class Paced
{
    /// <summary>
    /// All items in order, gathered into batches with at least <paramref name="interval"/> between them; the first comes at once, and the end is not held back.
    /// </summary>
    public static async IAsyncEnumerable<IReadOnlyList<T>> InBatchesAsync<T>(
        this IAsyncEnumerable<T> items, TimeSpan interval, TimeProvider time, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var arrived = Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task reading = ReadAsync(items, arrived.Writer, leave.Token);
        try
        {
            while (await arrived.Reader.WaitToReadAsync(cancel))
            {
                var batch = new List<T>();
                while (arrived.Reader.TryRead(out T? item)) batch.Add(item);
                yield return batch;
                await Task.WhenAny(reading, Task.Delay(interval, time, cancel));
            }
        }
        finally
        {
            await leave.CancelAsync();
            await reading;
        }
    }

    /// <summary>Never throws: what went wrong reaches the reader through the channel.</summary>
    static async Task ReadAsync<T>(IAsyncEnumerable<T> items, ChannelWriter<T> arrived, CancellationToken cancel)
    {
        try
        {
            await foreach (T item in items.WithCancellation(cancel)) arrived.TryWrite(item);
            arrived.Complete();
        }
        catch (Exception e)
        {
            arrived.Complete(e);
        }
    }
}
