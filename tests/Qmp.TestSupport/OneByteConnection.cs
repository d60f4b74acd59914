using Qmp.Protocol.Transport;

namespace Qmp.TestSupport;

/// <summary>A transport that hands out received bytes one at a time.</summary>
public sealed class OneByteConnection(IConnection inner) : IConnection
{
    public string Name => inner.Name;

    public long Backlog => inner.Backlog;

    public bool IsHungUp => inner.IsHungUp;

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, bool wakeable) => inner.ReceiveAsync(buffer[..1], wakeable);

    public ValueTask<bool> WaitForWakeAsync() => inner.WaitForWakeAsync();

    public void Wake() => inner.Wake();

    public void Send(ReadOnlySpan<byte> bytes) => inner.Send(bytes);

    public ValueTask DrainAsync(CancellationToken cancellationToken) => inner.DrainAsync(cancellationToken);

    public void StopReceiving() => inner.StopReceiving();

    public int TakeDescriptor() => inner.TakeDescriptor();

    public void Dispose() => inner.Dispose();
}
