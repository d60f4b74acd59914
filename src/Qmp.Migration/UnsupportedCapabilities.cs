using Qmp.Migration.Options;
using Qmp.Types;

namespace Qmp.Migration;

/// <summary>Refuses to migrate with a capability whose machinery this program does not have.</summary>
internal static class UnsupportedCapabilities
{
    private static readonly (MigrationCapability Capability, string Name)[] Capabilities =
    [
        (MigrationCapability.Xbzrle, "xbzrle"),
        (MigrationCapability.PostcopyRam, "postcopy-ram"),
        (MigrationCapability.XColo, "x-colo"),
        (MigrationCapability.Multifd, "multifd"),
        (MigrationCapability.BackgroundSnapshot, "background-snapshot"),
        (MigrationCapability.MappedRam, "mapped-ram"),
    ];

    /// <exception cref="MigrationException">One is on; the message names it.</exception>
    public static void Check(MigrationOptions options)
    {
        foreach ((MigrationCapability capability, string name) in Capabilities)
        {
            if (options.Has(capability))
            {
                throw new MigrationException($"Migration with capability '{name}' is not supported by this emulator");
            }
        }

        if (options.Parameters.Mode is { } mode and not MigMode.Normal)
        {
            throw new MigrationException(
                $"Migration mode '{mode.ToWireName()}' is not supported by this emulator");
        }
    }
}
