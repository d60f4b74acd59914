namespace Demo;

/// <summary>What the demo shows.</summary>
internal sealed record DemoSettings
{
    public required long MemoryBytes { get; init; }

    /// <summary>Bytes a second that the guest dirties.</summary>
    public required long DirtyRate { get; init; }

    /// <summary>Multifd channels; 0 if pages go over the main one.</summary>
    public byte Channels { get; init; }

    /// <summary>Bytes that the guest writes over and over, at the end of memory.</summary>
    public long WorkingSet => MemoryBytes / 4;
}
