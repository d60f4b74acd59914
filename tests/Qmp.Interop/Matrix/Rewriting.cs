using System.IO.MemoryMappedFiles;
using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.Interop.Matrix;

/// <summary>Writes pages again while they are sent, so that a source with <c>xbzrle</c> has differences to send.</summary>
/// <remarks>
/// Guest memory of the source is a file that is written from outside, which marks nothing as dirty; a reset loads the
/// image again and marks it.
/// </remarks>
internal sealed class Rewriting(EmulatorProcess source, string memory)
{
    // Bytes a second: memory takes longer to send than a reset to come.
    private const long Bandwidth = 40 << 20;

    // What has been sent of the second pass when the image is loaded again.
    private const long Part = 8 << 20;

    private const int Page = 4096;

    /// <summary>Keeps the migration slow, and from its end while much is dirty.</summary>
    /// <remarks>With a downtime limit of 0 QEMU does not look for dirty pages again.</remarks>
    public Task PrepareAsync() => SetAsync(Bandwidth, downtimeLimit: 1);

    /// <summary>
    /// From the start of a migration on: has pages sent in the second pass that the source keeps, and makes them differ
    /// for the third. Memory holds the image in the end.
    /// </summary>
    /// <exception cref="InteropException">A pass did not come.</exception>
    public async Task RunAsync()
    {
        // QEMU 11.1 does not tell of the first pass.
        await source.Events.WhenAsync(MigrationStatus.Active).ConfigureAwait(false);
        await ResetAsync().ConfigureAwait(false);
        Rewrite();
        await source.Events.WhenAsync("MIGRATION_PASS 2").ConfigureAwait(false);
        long start = await SentAsync().ConfigureAwait(false);
        for (long since = Environment.TickCount64; await SentAsync().ConfigureAwait(false) < start + Part;)
        {
            if (Environment.TickCount64 - since > EventLog.Patience.TotalMilliseconds)
            {
                throw new InteropException("nothing more is sent");
            }
        }

        await ResetAsync().ConfigureAwait(false);
        await SetAsync(bandwidth: 0, downtimeLimit: 300).ConfigureAwait(false);
    }

    private async Task SetAsync(long bandwidth, ulong downtimeLimit) => await source.Migration
        .MigrateSetParametersAsync(new() { MaxBandwidth = (ulong)bandwidth, DowntimeLimit = downtimeLimit })
        .ConfigureAwait(false);

    private async Task<long> SentAsync() =>
        (await source.QueryMigrateAsync().ConfigureAwait(false)).Ram?.Transferred ?? 0;

    private async Task ResetAsync()
    {
        int before = source.Events.Seen.Count;
        await source.Machine.SystemResetAsync(new()).ConfigureAwait(false);
        await source.Events.WhenAsync("RESET", before).ConfigureAwait(false);
    }

    private void Rewrite()
    {
        using var file = MemoryMappedFile.CreateFromFile(memory, FileMode.Open);
        using MemoryMappedViewAccessor view = file.CreateViewAccessor(0, EmulatorProcess.MemorySize);
        for (long at = 0; at < EmulatorProcess.MemorySize; at += Page) view.Write(at + (at / Page % 500 * 8), ~at);
    }
}
