using Qmp.Types;

namespace Qmp.Migration.Channels;

/// <summary>Connects a program to the one that takes its place on the same host; a port of the migration core.</summary>
public interface ICprConnector
{
    /// <summary>Connects to the program that takes over, which waits already.</summary>
    /// <exception cref="ChannelException">Nobody waits there, or descriptors cannot be sent there.</exception>
    ICprWriter Connect(MigrationAddress address);

    /// <summary>Waits for the program whose place is to be taken. Nobody else can connect after it.</summary>
    /// <exception cref="ChannelException">That address cannot be waited at.</exception>
    ValueTask<ICprReader> AcceptAsync(MigrationAddress address);
}
