using Qmp.Protocol.Messages;

namespace Qmp.Server.Events;

/// <inheritdoc/>
internal sealed class RaisedEvent<T>(EventDescriptor<T> descriptor, T data, DateTimeOffset stamp) : RaisedEvent
{
    /// <inheritdoc/>
    public override void Write(MessageWriter writer) => writer.WriteEvent(descriptor, data, stamp);
}
