using System.Threading.Channels;
using Qmp.Api;
using Qmp.Types;

namespace Qmp.StreamJsonRpc.Tests.JsonRpc;

/// <summary>Takes some of the events, in order.</summary>
internal sealed class EventRecorder : IRunStateRpcEvents
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Channel<(QmpEvent Raised, object? Data)> _events =
        Channel.CreateUnbounded<(QmpEvent Raised, object? Data)>();

    public void Stop(QmpEvent raised) => _events.Writer.TryWrite((raised, null));

    public void Resume(QmpEvent raised) => _events.Writer.TryWrite((raised, null));

    public void Shutdown(ShutdownEvent data, QmpEvent raised) => _events.Writer.TryWrite((raised, data));

    public async Task<(QmpEvent Raised, object? Data)> NextAsync() =>
        await _events.Reader.ReadAsync().AsTask().WaitAsync(Patience);
}
