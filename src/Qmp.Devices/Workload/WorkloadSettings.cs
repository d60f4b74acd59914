namespace Qmp.Devices.Workload;

/// <summary>What the workload guest does.</summary>
public sealed record WorkloadSettings
{
    /// <summary>The id that commands name it by.</summary>
    public string Id { get; init; } = "workload0";

    /// <summary>Bytes dirtied a second; each write dirties one page of 4 KiB.</summary>
    public long Rate { get; init; }

    /// <summary>Bytes of the memory that is written, over and over; a multiple of the page size.</summary>
    public long WorkingSet { get; init; }

    /// <summary>Whether it reads back a page for each one that it writes.</summary>
    public bool Reads { get; init; } = true;

    /// <summary>Where the working set begins, in guest-physical memory.</summary>
    public long Offset { get; init; }
}
