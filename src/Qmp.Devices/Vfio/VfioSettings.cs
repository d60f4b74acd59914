using Qmp.Types;

namespace Qmp.Devices.Vfio;

/// <summary>The properties of an <c>x-vfio</c> device. Source and destination must have the same.</summary>
public sealed record VfioSettings
{
    /// <summary>The id that commands name it by; its section is <c>ID/vfio</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Bytes that the destination needs before it can take over quickly (VFIO's initial bytes).</summary>
    public ulong InitialBytes { get; init; }

    /// <summary>Bytes of state that the running device changes a second, and that can be sent while it runs.</summary>
    public ulong PrecopyRate { get; init; }

    /// <summary>Bytes of state that can only be read from the stopped device.</summary>
    public ulong StopCopyBytes { get; init; }

    /// <summary>Bytes of the configuration space that follow the state.</summary>
    public ulong ConfigBytes { get; init; }

    /// <summary>How long a destination works on the initial data once it is there.</summary>
    public TimeSpan LoadTime { get; init; }

    /// <summary>Whether it goes with <c>postcopy-ram</c> and <c>background-snapshot</c>, too, which QEMU's VFIO refuses.</summary>
    public bool AllowsPostcopy { get; init; }

    /// <summary>When a destination approves the switchover.</summary>
    public VfioAckPolicy Ack { get; init; }
}
