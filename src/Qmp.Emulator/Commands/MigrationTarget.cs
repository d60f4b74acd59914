using Qmp.Migration;
using Qmp.Migration.Channels;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>Finds the address in the arguments of <c>migrate</c> and <c>migrate-incoming</c>.</summary>
internal static class MigrationTarget
{
    /// <exception cref="MigrationException">There is none, or more than one.</exception>
    public static MigrationAddress OfMigrate(string? uri, IReadOnlyList<MigrationChannel>? channels)
    {
        if (Single(uri, channels) is { } address) return address;
        MigrationChannel[] main = [.. channels!.Where(c => c.ChannelType == MigrationChannelType.Main)];
        return main.Length switch
        {
            1 => main[0].Addr,
            0 => throw new MigrationException("Channel list has no main entry"),
            _ => throw new MigrationException("Channel list has more than one main entry"),
        };
    }

    /// <exception cref="MigrationException">There is none, or more than one. Its type is not looked at.</exception>
    public static MigrationAddress OfIncoming(string? uri, IReadOnlyList<MigrationChannel>? channels)
    {
        if (Single(uri, channels) is { } address) return address;
        return channels is [var only]
            ? only.Addr
            : throw new MigrationException("Channel list must have only one entry, for type 'main'");
    }

    private static MigrationAddress? Single(string? uri, IReadOnlyList<MigrationChannel>? channels)
    {
        if ((uri is null) == (channels is null or []))
        {
            throw new MigrationException("need either 'uri' or 'channels' argument");
        }

        return uri is null ? null : MigrationUri.Parse(uri);
    }
}
