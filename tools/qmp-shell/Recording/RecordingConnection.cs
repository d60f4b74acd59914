using Qmp.Protocol.Transport;

namespace Qmp.Shell.Recording;

/// <summary>A transport whose bytes are written down.</summary>
internal sealed class RecordingConnection(IConnection inner, ConversationRecorder recorder) : IConnection
{
    private volatile bool _isDisposed;

    public string Name => inner.Name;

    public long Backlog => inner.Backlog;

    public bool IsHungUp => inner.IsHungUp;

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, bool wakeable)
    {
        int count = await inner.ReceiveAsync(buffer, wakeable);
        if (count >= 0 && !_isDisposed) recorder.Received(buffer.Span[..count]);
        return count;
    }

    public ValueTask<bool> WaitForWakeAsync() => inner.WaitForWakeAsync();

    public void Wake() => inner.Wake();

    public void Send(ReadOnlySpan<byte> bytes)
    {
        // Before it leaves: the reply may be faster than what follows.
        recorder.Sent(bytes);
        inner.Send(bytes);
    }

    public ValueTask DrainAsync(CancellationToken cancellationToken) => inner.DrainAsync(cancellationToken);

    public void StopReceiving() => inner.StopReceiving();

    public int TakeDescriptor() => inner.TakeDescriptor();

    public void Dispose()
    {
        _isDisposed = true;
        inner.Dispose();
    }
}
