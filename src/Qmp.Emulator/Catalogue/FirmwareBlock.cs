namespace Qmp.Emulator.Catalogue;

/// <summary>A RAM block that holds firmware, or what firmware reads.</summary>
/// <remarks>Here it holds filler: there is no CPU that could run it. It moves with the rest of RAM.</remarks>
/// <param name="Id">Its name in the stream.</param>
/// <param name="Length">Bytes.</param>
/// <param name="MaxLength">Bytes to which QEMU lets it grow. A migration sends the largest block first.</param>
internal sealed record FirmwareBlock(string Id, int Length, ulong MaxLength)
{
    /// <summary>Where the guest sees it; <see langword="null"/> if it does not.</summary>
    public ulong? Address { get; init; }
}
