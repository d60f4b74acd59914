using Qmp.Migration.Channels;
using Qmp.Migration.Rules;
using Qmp.Migration.Status;
using Qmp.Types;
using Serilog;

namespace Qmp.Migration.Cpr;

/// <summary>What a program left to this one, and the connection to it, which shows it whether this one is ready.</summary>
public sealed class CprArrival : IDisposable
{
    private readonly ICprReader _channel;

    private CprArrival(CprState state, ICprReader channel) => (State, _channel) = (state, channel);

    /// <summary>What it left.</summary>
    public CprState State { get; }

    /// <summary>Waits for the other program, and reads what it leaves.</summary>
    /// <param name="connector">Makes the connection.</param>
    /// <param name="address">Where the other program comes to.</param>
    /// <param name="rules">The release of QEMU that is played.</param>
    /// <param name="logger">Gets what is missing.</param>
    /// <exception cref="MigrationException">What came is no such state; the message is what QEMU prints, in lines.</exception>
    /// <exception cref="ChannelException">That address cannot be waited at, or the connection broke.</exception>
    public static async ValueTask<CprArrival> WaitAsync(ICprConnector connector, MigrationAddress address, MigrationRules rules, ILogger logger)
    {
        ICprReader channel = await connector.AcceptAsync(address);
        try
        {
            return new CprArrival(new CprStateReader(channel, rules, logger).Read(), channel);
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    }

    /// <summary>Shows the other program that this one can be migrated to. May be called more than once.</summary>
    public void Dispose() => _channel.Dispose();
}
