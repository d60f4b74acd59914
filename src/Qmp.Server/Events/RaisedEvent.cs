using Qmp.Protocol.Messages;

namespace Qmp.Server.Events;

/// <summary>An event with its stamp, ready to be written.</summary>
internal abstract class RaisedEvent
{
    /// <summary>Writes the whole message.</summary>
    public abstract void Write(MessageWriter writer);
}
