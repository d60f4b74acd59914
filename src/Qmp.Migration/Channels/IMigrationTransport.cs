using Qmp.Types;

namespace Qmp.Migration.Channels;

/// <summary>Makes channels to other machines; a port of the migration core.</summary>
public interface IMigrationTransport
{
    /// <summary>
    /// Opens what can be opened at once (files, commands, descriptors), or returns <see langword="null"/> for
    /// addresses that <see cref="ConnectAsync"/> connects to.
    /// </summary>
    /// <exception cref="ChannelException">It cannot be opened.</exception>
    IMigrationChannel? Open(MigrationAddress address);

    /// <summary>Connects to a socket; called on the migration's activity.</summary>
    /// <exception cref="ChannelException">Nobody listens there.</exception>
    ValueTask<IMigrationChannel> ConnectAsync(MigrationAddress address);

    /// <summary>Begins to wait for a source.</summary>
    /// <exception cref="ChannelException">That address cannot be listened on.</exception>
    IMigrationListener Listen(MigrationAddress address);
}
