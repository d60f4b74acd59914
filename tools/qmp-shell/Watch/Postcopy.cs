using Qmp.Client;
using Qmp.Shell.Session;
using Qmp.Types;

namespace Qmp.Shell.Watch;

/// <summary>Postcopy, as somebody who watches a migration has to do with it.</summary>
/// <param name="session">The source.</param>
/// <param name="isAllowed">Whether the migration was started with the capability.</param>
internal sealed class Postcopy(ShellSession session, bool isAllowed)
{
    /// <summary>What goes on with a paused one.</summary>
    public const string Recovery =
        "'migrate-recover uri=URI' at the destination, then 'migrate uri=URI resume=true' here, or from another client";

    private const string Start = "migrate-start-postcopy";

    /// <summary>Whether the guest has left the source before its memory.</summary>
    public static bool Includes(MigrationStatus status) => status is MigrationStatus.PostcopyDevice
        or MigrationStatus.PostcopyActive or MigrationStatus.PostcopyPaused
        or MigrationStatus.PostcopyRecoverSetup or MigrationStatus.PostcopyRecover;

    /// <summary>Has the guest go ahead, where that can be.</summary>
    /// <returns>What has come of it, for people.</returns>
    public async Task<string> StartAsync(MigrationStatus status)
    {
        if (Includes(status)) return "the guest has gone ahead already";
        if (!isAllowed) return "no postcopy: the capability postcopy-ram is off; both ends need it before the migration starts";
        if (status is not (MigrationStatus.None or MigrationStatus.Setup or MigrationStatus.Active))
        {
            return "no postcopy: the switchover has begun";
        }

        try
        {
            await session.Connection.ExecuteRawAsync(Start);
            return "the guest is to go ahead of its memory";
        }
        catch (QmpCommandException e)
        {
            return $"no postcopy: {e.Error.Description}";
        }
        catch (QmpException e)
        {
            return $"no postcopy: {e.Message}";
        }
    }
}
