using Qmp.Migration;
using Qmp.Migration.Channels;
using Qmp.Types;

namespace Qmp.Emulator.CommandLine;

/// <summary>The argument of <c>-incoming</c>: <c>defer</c>, a URI, or a channel as <c>key.sub=value</c> or JSON.</summary>
internal static class IncomingAddress
{
    private const string Defer = "defer";

    /// <summary>The address to listen at, or <see langword="null"/> to wait for <c>migrate-incoming</c>.</summary>
    /// <exception cref="CommandLineException">It is none.</exception>
    public static MigrationAddress? Parse(string text, Action<string> warn)
    {
        if (text == Defer) return null;
        MigrationAddress address = IsUri(text) ? OfUri(text) : OfChannel(OptionSyntaxes.Incoming.Read(text, warn));

        // No client can have passed a descriptor yet.
        if (address is MigrationAddress.Socket { Value: SocketAddress.Fd { Value.Str: not [>= '0' and <= '9', ..] } fd })
        {
            throw CommandLineException.At("incoming", text, $"Invalid file descriptor number '{fd.Value.Str}'");
        }

        return address;
    }

    private static bool IsUri(string text) =>
        text.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0 && text.AsSpan(0, colon).IndexOfAnyExcept(Letters) < 0;

    private static readonly System.Buffers.SearchValues<char> Letters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private static MigrationAddress OfUri(string text)
    {
        try
        {
            return MigrationUri.Parse(text);
        }
        catch (MigrationException e)
        {
            throw CommandLineException.At("incoming", text, e.Message);
        }
    }

    private static MigrationAddress OfChannel(OptionValue<MigrationChannel> channel) =>
        channel.Value.ChannelType == MigrationChannelType.Main
            ? channel.Value.Addr
            : throw channel.Error($"channel '{channel.Value.ChannelType.ToWireName()}' is not supported by this emulator");
}
