using Qmp.Linux;

namespace Qmp.Migration.Channels.Virtual;

/// <summary>One end of a virtual connection.</summary>
internal sealed class VirtualChannel : ICountedChannel
{
    private readonly VirtualPipe _incoming;
    private readonly VirtualPipe _outgoing;

    public VirtualChannel(VirtualPipe incoming, VirtualPipe outgoing)
    {
        _incoming = incoming;
        _outgoing = outgoing;
    }

    public ValueTask WriteAsync(ReadOnlyMemory<IoVector> pieces) => _outgoing.WriteAsync(pieces);

    public long ReadPosition => _incoming.ReadPosition;

    public ValueTask WriteAsync(ReadOnlyMemory<IoVector> pieces, IReadOnlyList<CountedPiece> counted) =>
        _outgoing.WriteAsync(pieces, counted);

    public bool TryTakeCounted(out long position, out CountedPiece piece) => _incoming.TryTakeCounted(out position, out piece);

    public ValueTask<int> ReadAsync(Memory<byte> buffer) => _incoming.ReadAsync(buffer);

    public ValueTask<bool> WaitForHangUpAsync(TimeSpan timeout) => _outgoing.WaitForHangUpAsync(timeout);

    // On a virtual timeline a peer reads as soon as it can.
    public bool HasUnread => false;

    public bool IsConnection => true;

    public bool IsStarting => false;

    public ValueTask FinishAsync() => ValueTask.CompletedTask;

    public void Shutdown()
    {
        _incoming.EndReading();
        _outgoing.EndWriting();
    }

    public void Dispose() => Shutdown();
}
