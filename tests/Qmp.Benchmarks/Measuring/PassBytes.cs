using System.IO.MemoryMappedFiles;
using Qmp.Api;
using Qmp.Client;
using Qmp.TestSupport;
using Qmp.Types;

namespace Qmp.Benchmarks.Measuring;

/// <summary>What passes over memory send when little of each page changes between them.</summary>
/// <remarks>
/// Guest memory is a file. As each pass begins a reset loads the image again, which marks its pages as dirty, and some
/// bytes of each are then written into the file from outside. Later they would be sent in this pass and be clean in the next.
/// </remarks>
internal sealed class PassBytes : IDisposable
{
    private const int PageSize = 4096;
    private const int Pages = 20_000;
    private const int Changed = 64; // bytes of each page
    private const int Megabytes = 96;
    private const int FirstPass = 4;
    private const int LastPass = 8;
    private const ulong WholePages = 40_000_000; // bytes a second: a pass takes some seconds
    private const ulong Differences = 1_000_000;
    private const long NearlyDone = (long)WholePages / 5;

    private readonly TemporaryFolder _folder;
    private readonly string _memory;
    private readonly bool _asDifferences;
    private readonly Random _random = new(1);
    private readonly byte[] _bytes = new byte[Changed];
    private MemoryMappedViewAccessor? _view;
    private long _first;
    private long _last;

    private PassBytes(TemporaryFolder folder, bool asDifferences)
    {
        _folder = folder;
        _memory = folder.File("memory");
        _asDifferences = asDifferences;
    }

    /// <summary>Migrates, and counts the bytes of passes 4 to 8.</summary>
    /// <param name="program">Both ends.</param>
    /// <param name="asDifferences">Whether pages are sent as differences.</param>
    /// <exception cref="InvalidOperationException">The migration failed.</exception>
    public static async Task<double> CountAsync(string program, bool asDifferences)
    {
        using var folder = new TemporaryFolder();
        using var passes = new PassBytes(folder, asDifferences);
        await passes.RunAsync(program).ConfigureAwait(false);
        return passes._last - passes._first;
    }

    private async Task RunAsync(string program)
    {
        byte[] image = new byte[Pages * PageSize];
        _random.NextBytes(image);
        await File.WriteAllBytesAsync(_folder.File("image"), image).ConfigureAwait(false);
        var run = new MigrationRun
        {
            Megabytes = Megabytes,
            Words =
            [
                "-object", $"memory-backend-file,id=mem,share=on,size={Megabytes}M,mem-path={_memory}", "-machine", "memory-backend=mem",
                .. MemoryImage.Words(_folder.File("image")),
            ],
            DestinationWords = ["-object", $"memory-backend-ram,id=mem,size={Megabytes}M", "-machine", "memory-backend=mem"],
            Capabilities = _asDifferences ? [MigrationCapability.Xbzrle] : [],
            Parameters = new() { XbzrleCacheSize = 128 << 20, DowntimeLimit = 1, MaxBandwidth = WholePages },
            Meanwhile = RewriteAsync,
        };
        await run.SecondsAsync(program).ConfigureAwait(false);
    }

    private async Task RewriteAsync(QmpConnection source)
    {
        var migration = new MigrationClient(source);
        int passes = 0;
        long pass = 1;
        while (passes <= LastPass)
        {
            MigrationInfo info = await migration.QueryMigrateAsync(new()).ConfigureAwait(false);
            if (info.Status is MigrationStatus.Completed or MigrationStatus.Failed)
            {
                throw new InvalidOperationException($"{info.Status} in pass {passes} already: {info.ErrorDesc} {info.Ram?.Transferred} bytes, {info.Ram?.DirtySyncCount} syncs, {info.TotalTime} ms");
            }

            if (info.Ram is not { } ram) continue;
            if (ram.DirtySyncCount > pass || passes == 0)
            {
                pass = ram.DirtySyncCount;
                passes++;
                if (passes == FirstPass) _first = ram.Transferred;
                if (passes > LastPass) _last = ram.Transferred;

                if (passes <= LastPass) await ChangeAsync(source).ConfigureAwait(false);

                // The second pass fills the cache. What it allows in a tenth of a second would take the third to its end.
                if (passes != 2 || !_asDifferences) continue;
                await PassedAsync(migration, pass).ConfigureAwait(false);
                await LimitAsync(migration, Differences).ConfigureAwait(false);
            }
        }

        await LimitAsync(migration, 0).ConfigureAwait(false);
    }

    private static async Task PassedAsync(MigrationClient migration, long pass)
    {
        while (await migration.QueryMigrateAsync(new()).ConfigureAwait(false) is { Ram: { } ram } && ram.DirtySyncCount == pass && ram.Remaining > NearlyDone)
        {
        }
    }

    private static async Task LimitAsync(MigrationClient migration, ulong bandwidth) => await migration
        .MigrateSetParametersAsync(new() { MaxBandwidth = bandwidth, DowntimeLimit = bandwidth == 0 ? 300UL : 1 }).ConfigureAwait(false);

    private async Task ChangeAsync(QmpConnection source)
    {
        await source.ExecuteAndWaitAsync("system_reset", [], e => e.Name == "RESET", TimeSpan.FromSeconds(30)).ConfigureAwait(false);
        _view ??= Open();
        for (int page = 0; page < Pages; page++)
        {
            _random.NextBytes(_bytes);
            _view.WriteArray((page * (long)PageSize) + 1024, _bytes, 0, _bytes.Length);
        }
    }

    private MemoryMappedViewAccessor Open()
    {
        using var file = MemoryMappedFile.CreateFromFile(_memory, FileMode.Open);
        return file.CreateViewAccessor(0, Pages * PageSize);
    }

    public void Dispose() => _view?.Dispose();
}
