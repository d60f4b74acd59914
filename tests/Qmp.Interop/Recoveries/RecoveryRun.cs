using Qmp.Interop.Emulators;
using Qmp.Interop.Proxy;
using Qmp.TestSupport;
using Qmp.Types;

namespace Qmp.Interop.Recoveries;

/// <summary>A guest that goes before its memory, and whose connection is cut again and again, at any byte.</summary>
/// <remarks>
/// The first connection is cut when the destination runs the guest. Of those that follow, every other one is cut within the
/// first bytes, where the ends still tell each other what has arrived.
/// </remarks>
internal sealed class RecoveryRun : IAsyncDisposable
{
    private const int FirstCut = 12 << 20; // the guest has gone long before
    private const int WithinHandshake = 3000;
    private const int WithinPages = 4 << 20;

    // The guest goes within the first megabyte: precopy takes four times as long as asking it to.
    private static readonly MigrateSetParameters SlowAtFirst = new() { MaxBandwidth = 4 << 20, MaxPostcopyBandwidth = 0, DowntimeLimit = 0 };

    private readonly TemporaryFolder _folder = new();
    private readonly Random _random;
    private readonly byte[] _image;

    private RecoveryRun(int seed)
    {
        _random = new Random(seed);
        _image = MemoryImage.Create(seed);
    }

    /// <param name="pair">Who migrates to whom.</param>
    /// <param name="cuts">How often the connection is cut.</param>
    /// <param name="seed">Where.</param>
    /// <returns>Behind how many bytes each connection was cut.</returns>
    /// <exception cref="InteropException">An end did not pause or go on, or guest memory has changed.</exception>
    public static async Task<IReadOnlyList<int>> RunAsync(Pair pair, int cuts, int seed)
    {
        await using var run = new RecoveryRun(seed);
        return await run.RunAsync(pair, cuts).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<IReadOnlyList<int>> RunAsync(Pair pair, int cuts)
    {
        await File.WriteAllBytesAsync(_folder.File("image"), _image).ConfigureAwait(false);
        await using EmulatorProcess source = await EmulatorProcess.StartAsync(
            pair.Source, pair.SourceRelease, "src", _folder, "-device", $"loader,file={_folder.File("image")},addr=0,force-raw=on")
            .ConfigureAwait(false);
        await using EmulatorProcess destination = await EmulatorProcess.StartAsync(
            pair.Destination, pair.DestinationRelease, "dst", _folder, "-incoming", "defer").ConfigureAwait(false);
        foreach (EmulatorProcess end in (EmulatorProcess[])[source, destination])
        {
            await end.SwitchOnAsync(MigrationCapability.PostcopyRam).ConfigureAwait(false);
        }

        await source.Migration.MigrateSetParametersAsync(SlowAtFirst).ConfigureAwait(false);
        List<int> places = [];
        for (int i = 0; i < cuts; i++)
        {
            places.Add(i == 0 ? FirstCut + _random.Next(WithinPages) : _random.Next(i % 2 == 1 ? WithinHandshake : WithinPages));
            await CutAsync(source, destination, i, places[i]).ConfigureAwait(false);
        }

        await ConnectAsync(source, destination, cuts, Listening(cuts)).ConfigureAwait(false);
        foreach (EmulatorProcess end in (EmulatorProcess[])[source, destination])
        {
            await end.Events.WhenAsync(MigrationStatus.Completed).ConfigureAwait(false);
            await end.RequireMemoryAsync(_image).ConfigureAwait(false);
        }

        RunState state = await destination.QueryRunStateAsync().ConfigureAwait(false);
        return state == RunState.Running ? places : throw new InteropException($"{destination} is {state}");
    }

    private string Listening(int number) => _folder.File($"stream-{number}");

    private async Task CutAsync(EmulatorProcess source, EmulatorProcess destination, int number, int place)
    {
        await using var proxy = new StreamProxy(
            _folder.File($"proxy-{number}"), Listening(number), new StreamStop.AfterBytes(place), isResumed: number > 0);
        EmulatorProcess[] ends = [source, destination];
        int[] seen = [.. ends.Select(end => end.Events.Seen.Count)];
        await ConnectAsync(source, destination, number, _folder.File($"proxy-{number}")).ConfigureAwait(false);
        if (number == 0)
        {
            await source.Events.WhenAsync(MigrationStatus.Active).ConfigureAwait(false);
            await source.Migration.MigrateStartPostcopyAsync(new()).ConfigureAwait(false);
            await destination.Events.WhenAsync("RESUME").ConfigureAwait(false);
        }

        await proxy.Stopped.WaitAsync(EventLog.Patience).ConfigureAwait(false);
        proxy.Cut();
        for (int i = 0; i < ends.Length; i++)
        {
            await ends[i].Events.WhenAsync("MIGRATION postcopy-paused", seen[i]).ConfigureAwait(false);
        }
    }

    private async Task ConnectAsync(EmulatorProcess source, EmulatorProcess destination, int number, string target)
    {
        string listening = $"unix:{Listening(number)}";
        if (number == 0) await destination.Migration.MigrateIncomingAsync(new() { Uri = listening }).ConfigureAwait(false);
        else await destination.Migration.MigrateRecoverAsync(new() { Uri = listening }).ConfigureAwait(false);
        await source.Migration.MigrateAsync(new() { Uri = $"unix:{target}", Resume = number == 0 ? null : true }).ConfigureAwait(false);
    }
}
