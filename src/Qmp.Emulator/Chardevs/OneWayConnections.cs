using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;

namespace Qmp.Emulator.Chardevs;

/// <summary>One connection that takes what is sent to it and never says anything: <c>null</c>, <c>vc</c>, a ring buffer.</summary>
/// <param name="name">Its name.</param>
/// <param name="send">Takes what is sent; <see langword="null"/> to drop it.</param>
internal sealed class OneWayConnections(string name, Action<ReadOnlySpan<byte>>? send) : IConnectionSource
{
    private readonly TaskCompletionSource<IConnection?> _stopped =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _accepted;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public bool IsBlocking => false;

    /// <inheritdoc/>
    public ValueTask<IConnection?> AcceptAsync() =>
        Interlocked.Exchange(ref _accepted, 1) == 0 ? new(new OneWay(name, send)) : new(_stopped.Task);

    /// <inheritdoc/>
    public void Stop() => _stopped.TrySetResult(null);

    /// <inheritdoc/>
    public void Dispose() => Stop();

    private sealed class OneWay(string name, Action<ReadOnlySpan<byte>>? send) : IConnection
    {
        private readonly TaskCompletionSource _stopped = new(OrderedContext.Completions);
        private TaskCompletionSource _woken = new(OrderedContext.Completions);

        public string Name => name;

        public long Backlog => 0;

        public bool IsHungUp => _stopped.Task.IsCompleted;

        public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, bool wakeable)
        {
            while (!IsHungUp)
            {
                await Task.WhenAny(_woken.Task, _stopped.Task).ConfigureAwait(OrderedContext.IsCurrent);
                if (ConsumeWake() && wakeable && !IsHungUp) return IConnection.Woken;
            }

            return 0;
        }

        public async ValueTask<bool> WaitForWakeAsync()
        {
            await Task.WhenAny(_woken.Task, _stopped.Task).ConfigureAwait(OrderedContext.IsCurrent);
            ConsumeWake();
            return !IsHungUp;
        }

        public void Wake()
        {
            using (OrderedContext.Leave()) Volatile.Read(ref _woken).TrySetResult();
        }

        public void Send(ReadOnlySpan<byte> bytes) => send?.Invoke(bytes);

        public ValueTask DrainAsync(CancellationToken cancellationToken) => default;

        public void StopReceiving()
        {
            using (OrderedContext.Leave()) _stopped.TrySetResult();
        }

        public int TakeDescriptor() => -1;

        public void Dispose() => StopReceiving();

        private bool ConsumeWake()
        {
            if (!_woken.Task.IsCompleted) return false;
            Volatile.Write(ref _woken, new TaskCompletionSource(OrderedContext.Completions));
            return true;
        }
    }
}
