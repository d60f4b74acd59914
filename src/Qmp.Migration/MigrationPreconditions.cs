using Qmp.Machine;
using Qmp.Migration.Channels;
using Qmp.Migration.Options;
using Qmp.Migration.SaveState;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration;

/// <summary>What must hold before a migration begins, in QEMU's order and words.</summary>
internal static class MigrationPreconditions
{
    /// <summary>Checks that the capabilities work over that kind of channel.</summary>
    /// <exception cref="MigrationException">One of them takes another kind.</exception>
    public static void CheckChannels(MigrationOptions options, ChannelTraits traits)
    {
        bool mappedRam = options.Has(MigrationCapability.MappedRam);
        bool isSeekable = traits.HasFlag(ChannelTraits.Seekable);
        bool hasManyChannels = traits.HasFlag(ChannelTraits.ManyChannels) || (isSeekable && mappedRam);
        Refuse(mappedRam && !isSeekable, "Migration requires seekable transport (e.g. file)");
        Refuse(
            (options.Has(MigrationCapability.Multifd) || options.Has(MigrationCapability.PostcopyPreempt))
            && !hasManyChannels,
            "Migration requires multi-channel URIs (e.g. tcp)");
        Refuse(
            options.Parameters.Mode == MigMode.CprTransfer && isSeekable,
            "Migration requires streamable transport (eg unix)");
    }

    /// <summary>Checks that the machine can be sent now.</summary>
    /// <exception cref="MigrationException">It cannot.</exception>
    public static void CheckSource(VirtualMachine machine, MigrationOptions options, MigrationBlockers blockers)
    {
        Refuse(machine.RunState == RunState.Inmigrate, "Guest is waiting for an incoming migration");
        Refuse(
            machine.RunState == RunState.Postmigrate,
            "Can't migrate the vm that was paused due to previous migration");
        blockers.Check();
        if (options.Has(MigrationCapability.MappedRam))
        {
            Refuse(options.Parameters.TlsCreds is { Length: > 0 }, "Cannot use TLS with mapped-ram");
            Refuse(
                options.Has(MigrationCapability.Multifd)
                && options.Parameters.MultifdCompression != MultiFDCompression.None,
                "Cannot use compression with mapped-ram");
        }

        if (options.Parameters.Mode != MigMode.Normal)
        {
            const string WithCpr = "with CPR";
            Refuse(
                options.Has(MigrationCapability.PostcopyRam) || options.Has(MigrationCapability.DirtyBitmaps),
                $"Cannot use postcopy {WithCpr}");
            Refuse(options.Has(MigrationCapability.BackgroundSnapshot), $"Cannot use background snapshot {WithCpr}");
            Refuse(options.Has(MigrationCapability.XColo), $"Cannot use COLO {WithCpr}");
            Refuse(
                options.Parameters is { Mode: MigMode.CprExec, CprExecCommand: null or [] },
                "cpr-exec mode requires setting cpr-exec-command");
        }

        CheckSupported(options);
    }

    /// <summary>Checks that each device can be sent that way.</summary>
    /// <exception cref="MigrationException">One cannot.</exception>
    public static void CheckEntries(SaveStateEntries entries, MigrationOptions options)
    {
        foreach (SaveStateEntry entry in entries.All)
        {
            if (entry.RefusalOf(options.Has) is { } reason) throw new MigrationException($"{entry.OwnerName}: {reason}");
        }
    }

    /// <summary>Checks that this program has the machinery of everything that is switched on.</summary>
    /// <exception cref="MigrationException">It has not; the message names what.</exception>
    public static void CheckSupported(MigrationOptions options)
    {
        foreach (CapabilityRow row in CapabilityTable.Rows)
        {
            if (row.Refusal is { } reason) Refuse(options.Has(row.Capability), reason);
        }

        Refuse(options.Parameters.Mode == MigMode.CprExec, "Migration mode 'cpr-exec' is not supported by this emulator");
    }

    private static void Refuse(bool condition, string text)
    {
        if (condition) throw new MigrationException(text);
    }
}
