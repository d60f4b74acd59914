using Qmp.Types;

namespace Qmp.Migration.Channels;

/// <summary>Waits for a source; a port of the migration core. Disposing of it ends the wait.</summary>
public interface IMigrationListener : IDisposable
{
    /// <summary>The addresses that clients may connect to, as <c>query-migrate</c> shows them; empty for files.</summary>
    IReadOnlyList<SocketAddress> Addresses { get; }

    /// <summary>Waits for the source's main channel.</summary>
    /// <returns>The channel, or <see langword="null"/> if the listener was disposed of.</returns>
    ValueTask<IMigrationChannel?> AcceptAsync();
}
