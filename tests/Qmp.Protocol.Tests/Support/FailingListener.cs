using Qmp.Protocol.Transport;

namespace Qmp.Protocol.Tests.Support;

/// <summary>A source of connections that fails some times before it yields the first one.</summary>
internal sealed class FailingListener(int failures) : IConnectionSource
{
    private readonly MemoryListener _inner = new("failing");
    private int _failures = failures;

    public string Name => _inner.Name;

    public bool IsBlocking => false;

    public TestClient Connect() => new(_inner.Connect());

    public ValueTask<IConnection?> AcceptAsync() =>
        _failures-- > 0 ? throw new InvalidOperationException("not today") : _inner.AcceptAsync();

    public void Stop() => _inner.Stop();

    public void Dispose() => _inner.Dispose();
}
