using System.Diagnostics;
using System.Diagnostics.Metrics;
using Qmp.Protocol.Threading;

namespace Qmp.Client.Telemetry;

/// <summary>What clients tell whoever listens: a span for each command, and numbers. Without listeners it costs nothing.</summary>
internal static class ClientTelemetry
{
    public const string Name = "Qmp.Client";

    private const string Command = "qmp.command";
    private const string Server = "server.address";
    private const string ErrorType = "error.type";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "qmp.client.command.duration", "s", "How long commands take until their reply.");

    private static readonly Counter<long> Events = Meter.CreateCounter<long>(
        "qmp.client.events", "{event}", "Events that came.");

    private static readonly Counter<long> Disconnects = Meter.CreateCounter<long>(
        "qmp.client.disconnects", "{connection}", "Connections that ended.");

    private static readonly UpDownCounter<long> Connections = Meter.CreateUpDownCounter<long>(
        "qmp.client.connections", "{connection}", "Connections that are open.");

    /// <summary>Whether anybody is told of commands.</summary>
    public static bool FollowsCommands => Source.HasListeners() || Duration.Enabled;

    /// <summary>Sends a command by <paramref name="send"/>, and tells of it.</summary>
    public static async ValueTask<T> FollowAsync<T>(
        string command, bool outOfBand, string server, TimeProvider time, Func<ValueTask<T>> send)
    {
        using Activity? activity = Source.StartActivity($"qmp {command}", ActivityKind.Client);
        activity?.SetTag("rpc.system", "qmp").SetTag(Command, command).SetTag(Server, server);
        if (outOfBand) activity?.SetTag("qmp.out_of_band", true);
        long start = time.GetTimestamp();
        string? error = null;
        try
        {
            return await send().ConfigureAwait(OrderedContext.IsCurrent);
        }
        catch (Exception e)
        {
            error = e is QmpCommandException refused ? refused.Error.Class : e.GetType().Name;
            activity?.SetStatus(ActivityStatusCode.Error, e.Message).SetTag(ErrorType, error);
            throw;
        }
        finally
        {
            var tags = new TagList { { Command, command }, { Server, server } };
            if (error is not null) tags.Add(ErrorType, error);
            Duration.Record(time.GetElapsedTime(start).TotalSeconds, tags);
        }
    }

    public static void Event(string name, string server)
    {
        if (Events.Enabled) Events.Add(1, new("qmp.event", name), new(Server, server));
    }

    public static void Opened(string server) => Connections.Add(1, new KeyValuePair<string, object?>(Server, server));

    public static void Closed(string server, DisconnectReason reason, bool wasOpen)
    {
        if (!wasOpen) return;
        Connections.Add(-1, new KeyValuePair<string, object?>(Server, server));
        Disconnects.Add(1, new(Server, server), new("qmp.disconnect.reason", reason.ToString()));
    }
}
