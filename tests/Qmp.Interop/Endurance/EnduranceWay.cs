using Qmp.Types;

namespace Qmp.Interop.Endurance;

/// <summary>How a guest leaves its home.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Capabilities">What both ends switch on, besides <c>events</c>.</param>
internal sealed record EnduranceWay(string Name, params MigrationCapability[] Capabilities)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<EnduranceWay> All { get; } =
    [
        new("precopy"),
        new("return-path", MigrationCapability.ReturnPath),
        new("switchover-ack", MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck),
        new("multifd", MigrationCapability.Multifd),
        new("multifd zstd", MigrationCapability.Multifd) { Compression = MultiFDCompression.Zstd },
        new("xbzrle", MigrationCapability.Xbzrle),
        new("file") { IsStored = true },
        new("mapped-ram", MigrationCapability.MappedRam) { IsStored = true },
        new("background-snapshot", MigrationCapability.BackgroundSnapshot) { IsStored = true, KeepsGuest = true },
        new("cancelled") { End = EnduranceEnd.Cancel },
        new("multifd, cancelled", MigrationCapability.Multifd) { End = EnduranceEnd.Cancel },
        new("killed") { End = EnduranceEnd.Kill },
        new("multifd, killed", MigrationCapability.Multifd) { End = EnduranceEnd.Kill },
        new("postcopy", MigrationCapability.PostcopyRam),
        new("postcopy preempt", MigrationCapability.PostcopyRam, MigrationCapability.PostcopyPreempt),
        new("postcopy, recovered", MigrationCapability.PostcopyRam) { IsCut = true },
    ];

    /// <summary>How pages are packed in channels.</summary>
    public MultiFDCompression Compression { get; init; }

    /// <summary>Whether it goes to a file, which is loaded once it is complete.</summary>
    public bool IsStored { get; init; }

    /// <summary>Whether the guest runs on at home.</summary>
    public bool KeepsGuest { get; init; }

    /// <summary>Whether the connection is cut in postcopy, and made again.</summary>
    public bool IsCut { get; init; }

    /// <summary>What is done to it on the way.</summary>
    public EnduranceEnd End { get; init; }

    /// <summary>Whether the guest goes before its memory.</summary>
    public bool GoesAhead => Capabilities.Contains(MigrationCapability.PostcopyRam);
}
