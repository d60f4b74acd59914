using Qmp.Types;

namespace Qmp.Migration.Channels;

/// <summary>Makes channels to other machines; a port of the migration core.</summary>
public interface IMigrationConnector
{
    /// <summary>What channels to that address can do.</summary>
    ChannelTraits TraitsOf(MigrationAddress address);

    /// <summary>
    /// Opens what can be opened at once (files, commands, descriptors), or returns <see langword="null"/> for
    /// addresses that <see cref="ConnectAsync"/> connects to.
    /// </summary>
    /// <param name="address">Where to.</param>
    /// <param name="meetFile">Is called when a descriptor turns out to be a file's; may throw.</param>
    /// <exception cref="ChannelException">It cannot be opened.</exception>
    IMigrationChannel? Open(MigrationAddress address, Action meetFile);

    /// <summary>Connects to a socket; called on the migration's activity.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="cancellation">Gives up, from whatever thread it is cancelled on.</param>
    /// <exception cref="ChannelException">No program listens there, or the attempt was cancelled.</exception>
    ValueTask<IMigrationChannel> ConnectAsync(MigrationAddress address, CancellationToken cancellation);

    /// <summary>Opens a file once more, for pages that have places in it.</summary>
    /// <param name="address">The file.</param>
    /// <param name="writes">Whether pages are written; otherwise they are read.</param>
    /// <param name="direct">Whether past the host's page cache.</param>
    /// <exception cref="ChannelException">It cannot be opened.</exception>
    IPageFile OpenPages(MigrationAddress address, bool writes, bool direct);

    /// <summary>Begins to wait for a source.</summary>
    /// <param name="address">Where a source will come to.</param>
    /// <param name="meetFile">Is called when a descriptor turns out to be a file's; may throw.</param>
    /// <exception cref="ChannelException">That address cannot be listened on.</exception>
    IMigrationListener Listen(MigrationAddress address, Action meetFile);

    /// <summary>Connects to the program that takes the place of this one; by default nothing does.</summary>
    ICprConnector Cpr => NoCpr.Instance;
}
