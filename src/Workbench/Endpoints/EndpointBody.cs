using System.Globalization;

namespace Juxta.Workbench.Endpoints;

/// <summary>A server's body as it comes. Silence, a broken line and more bytes than an answer can have are one clear error each.</summary>
/// <param name="inner">The connection's.</param>
/// <param name="address">For errors.</param>
/// <param name="silence">Longest time without a byte.</param>
/// <param name="most">Bytes.</param>
internal sealed class EndpointBody(Stream inner, Uri address, TimeSpan silence, long most) : Stream
{
    long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _read; set => throw new NotSupportedException(); }

    /// <exception cref="EndpointException">As the class says.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(silence);
        try
        {
            int read = await inner.ReadAsync(buffer, patience.Token);
            _read += read;
            return _read <= most ? read : throw new EndpointException(string.Create(CultureInfo.InvariantCulture, $"{address} sends more than {most >> 20} MiB, which no answer needs; is it the right address?"));
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw Silent(address, silence, error);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw new EndpointException($"{address} broke off in mid-answer: {error.Message}", error);
        }
    }

    internal static EndpointException Silent(Uri address, TimeSpan silence, Exception error) => new(string.Create(CultureInfo.InvariantCulture,
        $"{address} was silent for {(silence.TotalMinutes >= 1 ? $"{silence.TotalMinutes:0.#} minutes" : $"{silence.TotalSeconds:0.#} seconds")}; is the server overloaded? Bound the answer's length, or ask again"), error);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
