using Qmp.Protocol.Transport;

namespace Qmp.Protocol.Tests.Support;

/// <summary>A listener in memory that shows what the server does with its connection.</summary>
internal sealed class ObservedListener : IConnectionSource
{
    private readonly MemoryListener _inner = new("observed");
    private readonly TaskCompletionSource<ObservedConnection> _accepted = new();

    public string Name => _inner.Name;

    public bool IsBlocking => false;

    /// <summary>The server's end of the first connection.</summary>
    public Task<ObservedConnection> Accepted => _accepted.Task.WaitAsync(TestClient.Patience);

    public TestClient Connect() => new(_inner.Connect());

    public async ValueTask<IConnection?> AcceptAsync()
    {
        if (await _inner.AcceptAsync() is not { } transport) return null;
        var observed = new ObservedConnection(transport);
        _accepted.TrySetResult(observed);
        return observed;
    }

    public void Stop() => _inner.Stop();

    public void Dispose() => _inner.Dispose();
}
