using Qmp.Api;
using Qmp.Migration.Channels;
using Qmp.Migration.Rules;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>The argument of <c>-incoming</c>: <c>defer</c>, a URI, or a channel as <c>key.sub=value</c> or JSON.</summary>
internal static class IncomingAddress
{
    private const string Option = "incoming";

    private static readonly OptionSyntax<MigrationChannel> Channel =
        new(Option, OptionForm.Tree, MigrationChannelVisitor.Read, "channel-type") { TakesJson = true };

    /// <summary>No address: <c>migrate-incoming</c> will name one.</summary>
    public static OptionValue<IncomingChannel> Deferred { get; } = new(Option, "defer", new IncomingChannel(MigrationChannelType.Main, null));

    /// <summary>Reads an argument.</summary>
    /// <exception cref="CommandLineException">
    /// The argument is neither a URI, nor <c>defer</c>, nor a channel.
    /// </exception>
    public static OptionValue<IncomingChannel> Read(string text, CommandLineParser parser)
    {
        if (text == Deferred.Text) return Deferred;
        IncomingChannel channel = IsUri(text)
            ? new IncomingChannel(MigrationChannelType.Main, OfUri(text, parser.Version.Migration))
            : OfChannel(Channel.Read(text, parser));

        // No client can have passed a descriptor yet.
        if (channel.Address is MigrationAddress.Socket { Value: SocketAddress.Fd { Value.Str: not [>= '0' and <= '9', ..] } fd })
        {
            throw CommandLineException.At(Option, text, $"Invalid file descriptor number '{fd.Value.Str}'");
        }

        return new OptionValue<IncomingChannel>(Option, text, channel);
    }

    private static bool IsUri(string text) =>
        text.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0 && text[..colon].All(char.IsAsciiLetter);

    private static MigrationAddress OfUri(string text, MigrationRules rules)
    {
        try
        {
            return MigrationUri.Parse(text, rules);
        }
        catch (MigrationException e)
        {
            throw CommandLineException.At(Option, text, e.Message);
        }
    }

    private static IncomingChannel OfChannel(OptionValue<MigrationChannel> channel) => new(channel.Value.ChannelType, channel.Value.Addr);
}
