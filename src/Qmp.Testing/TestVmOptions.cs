using Serilog;

namespace Qmp.Testing;

/// <summary>What a machine gets from its test, besides a command line.</summary>
public sealed record TestVmOptions
{
    // Where qmpd's Main names the system's clock, this does for machines in tests.
#pragma warning disable RS0030
    internal static readonly TimeProvider SystemClock = TimeProvider.System;
#pragma warning restore RS0030

    /// <summary>The clock of events, waiting and rates; the system's unless told otherwise.</summary>
    public TimeProvider Clock { get; init; } = SystemClock;

    /// <summary>The virtual time that the machine lives in, if it does; <see cref="Clock"/> then means nothing.</summary>
    public VirtualTime? Time { get; init; }

    /// <summary>Gets the log, traces included; without one, failures go to <see cref="TestVm.StandardError"/>.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>Connects the migrations of machines that share it; without one, they use real sockets and files.</summary>
    public TestNetwork? Network { get; init; }
}
