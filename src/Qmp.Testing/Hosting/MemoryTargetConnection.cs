using Microsoft.Win32.SafeHandles;
using Qmp.Conversations.Targets;
using Qmp.Protocol.Transport;

namespace Qmp.Testing.Hosting;

/// <summary>A connection inside the process.</summary>
internal sealed class MemoryTargetConnection(MemoryConnection connection) : ITargetConnection
{
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer) => connection.ReceiveAsync(buffer, wakeable: false);

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, IReadOnlyList<SafeFileHandle> descriptors)
    {
        if (descriptors.Count > 0) throw new NotSupportedException("Memory passes no descriptors.");
        connection.Send(bytes.Span);
        return ValueTask.CompletedTask;
    }

    public void EndSending() => connection.EndSending();

    public void Dispose() => connection.Dispose();
}
