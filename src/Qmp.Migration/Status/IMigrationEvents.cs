using Qmp.Types;

namespace Qmp.Migration.Status;

/// <summary>What the migration core tells the world; the emulator makes QMP events of it.</summary>
/// <remarks>Called from any activity; calls come in the order of what happened.</remarks>
public interface IMigrationEvents
{
    /// <summary>The status changed (event <c>MIGRATION</c>, with capability <c>events</c>).</summary>
    void Status(MigrationStatus status);

    /// <summary>The dirty log was synced for the <paramref name="pass"/>th time (event <c>MIGRATION_PASS</c>).</summary>
    void Pass(long pass);

    /// <summary>The command that is being run has asked for what it should not ask for any more.</summary>
    /// <param name="text">What it should know, in QEMU's words; QEMU prints it behind <c>warning: </c>.</param>
    void Warning(string text);
}
