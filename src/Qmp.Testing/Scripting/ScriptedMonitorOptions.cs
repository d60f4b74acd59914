using Newtonsoft.Json.Linq;
using Qmp.Protocol.Messages;

namespace Qmp.Testing;

/// <summary>What a <see cref="ScriptedMonitor"/> is like, whatever it is told to say.</summary>
public sealed record ScriptedMonitorOptions
{
    /// <summary>The version that it greets with.</summary>
    public QmpVersion Version { get; init; } = new(10, 0, 2, "");

    /// <summary>The capabilities that it offers.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = ["oob"];

    /// <summary>
    /// How long a client waits for the greeting; <see cref="Timeout.InfiniteTimeSpan"/> is for ever, as at a monitor that
    /// another client holds.
    /// </summary>
    public TimeSpan GreetingDelay { get; init; }

    /// <summary>
    /// What <c>query-qmp-schema</c> answers, of QEMU's schema (<c>QmpSchema.Json</c> of <c>Qmp.Api</c>) or any other. What the
    /// monitor is told to say is then checked: a command or event that is not in it is a mistake of the test. Without a schema
    /// every name is taken.
    /// </summary>
    public JArray? Schema { get; init; }

    /// <summary>The clock of delays and of events' timestamps; that of a <see cref="VirtualTime"/>, or the system's.</summary>
    public TimeProvider Clock { get; init; } = TestVmOptions.SystemClock;
}
