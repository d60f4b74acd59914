using System.IO.Pipelines;

namespace Qmp.StreamJsonRpc.Tests.Support;

/// <summary>A connection made of two streams: of a process, or in memory.</summary>
internal sealed class DuplexStream(Stream input, Stream output) : Stream
{
    private readonly Stream _input = input;
    private readonly Stream _output = output;

    public bool IsClosed { get; private set; }

    /// <summary>What a flush waits for, and may fail with.</summary>
    public Task Flushed { get; set; } = Task.CompletedTask;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static (DuplexStream First, DuplexStream Second) CreatePair()
    {
        var there = new Pipe();
        var back = new Pipe();
        return (new DuplexStream(back.Reader.AsStream(), there.Writer.AsStream()),
            new DuplexStream(there.Reader.AsStream(), back.Writer.AsStream()));
    }

    /// <summary>Ends this end's bytes; it can go on receiving.</summary>
    public void EndSending() => _output.Dispose();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _input.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _output.WriteAsync(buffer, cancellationToken);

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _output.FlushAsync(cancellationToken);
        await Flushed;
    }

    public override void Flush() => _output.Flush();

    public override int Read(byte[] buffer, int offset, int count) => _input.Read(buffer, offset, count);

    public override void Write(byte[] buffer, int offset, int count) => _output.Write(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsClosed = true;
        _output.Dispose();
        _input.Dispose();
    }
}
