using System.Text;
using Qmp.Protocol.Transport;

namespace Qmp.Protocol.Tests.Support;

/// <summary>Shows when the session waits for what, and each send.</summary>
internal sealed class ObservedConnection(IConnection inner) : IConnection
{
    private readonly Lock _gate = new();
    private readonly List<string> _sends = [];
    private TaskCompletionSource _suspended = New();
    private TaskCompletionSource _receiving = New();

    public string Name => inner.Name;

    public long Backlog => inner.Backlog;

    public bool IsHungUp => inner.IsHungUp;

    public string[] Sends
    {
        get
        {
            lock (_gate) return [.. _sends];
        }
    }

    /// <summary>Ends when the session waits without reading, now or later.</summary>
    public Task WhenSuspended()
    {
        lock (_gate) return _suspended.Task.WaitAsync(TestClient.Patience);
    }

    /// <summary>Ends when the session has taken everything and waits for more bytes, now or later.</summary>
    public Task WhenReceiving()
    {
        lock (_gate) return _receiving.Task.WaitAsync(TestClient.Patience);
    }

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, bool wakeable)
    {
        ValueTask<int> received = inner.ReceiveAsync(buffer, wakeable);
        if (!received.IsCompleted) Enter(ref _receiving);
        int count = await received;
        Leave(ref _receiving);
        return count;
    }

    public async ValueTask<bool> WaitForWakeAsync()
    {
        ValueTask<bool> woken = inner.WaitForWakeAsync();
        if (!woken.IsCompleted) Enter(ref _suspended);
        bool there = await woken;
        Leave(ref _suspended);
        return there;
    }

    public void Wake() => inner.Wake();

    public void Send(ReadOnlySpan<byte> bytes)
    {
        lock (_gate) _sends.Add(Encoding.ASCII.GetString(bytes));
        inner.Send(bytes);
    }

    public ValueTask DrainAsync(CancellationToken cancellationToken) => inner.DrainAsync(cancellationToken);

    public void StopReceiving() => inner.StopReceiving();

    public int TakeDescriptor() => inner.TakeDescriptor();

    public void Dispose() => inner.Dispose();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Enter(ref TaskCompletionSource state)
    {
        lock (_gate) state.TrySetResult();
    }

    private void Leave(ref TaskCompletionSource state)
    {
        lock (_gate)
        {
            if (state.Task.IsCompleted) state = New();
        }
    }
}
