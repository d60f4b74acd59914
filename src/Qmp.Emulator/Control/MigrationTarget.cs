using Qmp.Migration;
using Qmp.Migration.Channels;
using Qmp.Migration.Rules;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Emulator.Control;

/// <summary>Finds the address in the arguments of <c>migrate</c> and <c>migrate-incoming</c>.</summary>
internal static class MigrationTarget
{
    /// <exception cref="MigrationException">The arguments name no address, or more than one.</exception>
    public static MigrationRequest OfMigrate(
        string? uri, IReadOnlyList<MigrationChannel>? channels, bool resume, MigrationRules rules)
    {
        if (Single(uri, channels, rules) is { } address) return new MigrationRequest(address, Resume: resume);
        var byType = new Dictionary<MigrationChannelType, MigrationAddress>();
        foreach (MigrationChannel channel in channels!)
        {
            if (byType.TryAdd(channel.ChannelType, channel.Addr)) continue;
            throw new MigrationException(
                $"Channel list has more than one {channel.ChannelType.ToWireName()} entry");
        }

        return byType.TryGetValue(MigrationChannelType.Main, out MigrationAddress? main)
            ? new MigrationRequest(main, byType.GetValueOrDefault(MigrationChannelType.Cpr), resume)
            : throw new MigrationException("Channel list has no main entry");
    }

    /// <exception cref="MigrationException">
    /// The arguments name no address, or more than one. The type of the channel does not matter.
    /// </exception>
    public static MigrationAddress OfIncoming(
        string? uri, IReadOnlyList<MigrationChannel>? channels, MigrationRules rules)
    {
        if (Single(uri, channels, rules) is { } address) return address;
        return channels is [var only]
            ? only.Addr
            : throw new MigrationException("Channel list must have only one entry, for type 'main'");
    }

    private static MigrationAddress? Single(
        string? uri, IReadOnlyList<MigrationChannel>? channels, MigrationRules rules)
    {
        if ((uri is null) == (channels is null or []))
        {
            throw new MigrationException("need either 'uri' or 'channels' argument");
        }

        return uri is null ? null : MigrationUri.Parse(uri, rules);
    }
}
