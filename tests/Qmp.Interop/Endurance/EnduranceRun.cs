using System.Diagnostics;
using Qmp.Interop.Emulators;
using Qmp.TestSupport;

namespace Qmp.Interop.Endurance;

/// <summary>
/// Mixed migrations for hours, away from machines that live on: a QEMU and a qmpd as processes. Destinations are machines in
/// this process, and, for qmpd, QEMUs. So this process holds what hundreds of destinations left behind, if they did.
/// </summary>
internal sealed class EnduranceRun(int seed, TimeSpan pause) : IAsyncDisposable
{
    private static readonly TimeSpan SampleInterval = TimeSpan.FromMinutes(1);

    private readonly Random _random = new(seed);
    private readonly TemporaryFolder _folder = new();
    private EnduranceVm _qmpd = null!;
    private EnduranceVm _qemu = null!;
    private readonly SortedDictionary<string, int> _passed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<ProcessFigures>> _figures = [];

    /// <summary>What went wrong.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>How the QEMU that lived on ended by itself, and was started anew.</summary>
    public List<string> QemusEnds { get; } = [];

    /// <summary>How many migrations ended as they should, by their way.</summary>
    public IReadOnlyDictionary<string, int> Passed => _passed;

    /// <summary>Runs so long, and writes a line each minute.</summary>
    public async Task RunAsync(TimeSpan time, TextWriter output, CancellationToken stop)
    {
        byte[] image = MemoryImage.Create(seed, EnduranceGuest.MemorySize);
        await File.WriteAllBytesAsync(_folder.File("image"), image, stop).ConfigureAwait(false);
        var guest = new EnduranceGuest(image);
        _qmpd = await StartHomeAsync(EmulatorKind.Qmpd, EnduranceGuest.Words).ConfigureAwait(false);
        _qemu = await StartHomeAsync(EmulatorKind.Qemu).ConfigureAwait(false);
        await output.WriteLineAsync(string.Join('\t', ["minutes", "passed", "failed", .. Watched.Select(w => ProcessFigures.Heading(w.Name))]))
            .ConfigureAwait(false);
        var clock = Stopwatch.StartNew();
        TimeSpan next = SampleInterval;
        while (clock.Elapsed < time && !stop.IsCancellationRequested)
        {
            await TakeTurnAsync(guest).ConfigureAwait(false);
            await Task.Delay(pause, CancellationToken.None).ConfigureAwait(false);
            if (_qemu.Exit.IsCompleted) await ReplaceQemuAsync("between two migrations").ConfigureAwait(false);
            if (clock.Elapsed < next) continue;
            await output.WriteLineAsync(Sample(clock.Elapsed)).ConfigureAwait(false);
            await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            next += SampleInterval;
        }
    }

    /// <summary>What grew between the second quarter of the time and the last; the first is for getting warm.</summary>
    /// <returns>A line for each such process, but for QEMU, which is there to compare with.</returns>
    public IEnumerable<string> FindGrowth()
    {
        foreach ((string name, List<ProcessFigures> all) in _figures)
        {
            if (all.Count < 4 || name == "qemu") continue;
            int quarter = all.Count / 4;
            ProcessFigures before = ProcessFigures.Median(all.GetRange(quarter, quarter));
            ProcessFigures after = ProcessFigures.Median(all.GetRange(all.Count - quarter, quarter));
            if (after.Exceeds(before)) yield return $"{name} grew: {before} before, {after} after";
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _qmpd.DisposeAsync().ConfigureAwait(false);
        await _qemu.DisposeAsync().ConfigureAwait(false);
        _folder.Dispose();
    }

    private (string Name, int Id)[] Watched => [("here", Environment.ProcessId), (_qmpd.Name, _qmpd.Id), (_qemu.Name, _qemu.Id)];

    private Task<EnduranceVm> StartHomeAsync(EmulatorKind kind, params string[] words) =>
        EnduranceVm.StartProcessAsync(kind, ["-device", $"loader,file={_folder.File("image")},addr=0,force-raw=on", .. words]);

    private async Task TakeTurnAsync(EnduranceGuest guest)
    {
        EnduranceWay way = EnduranceWay.All[_random.Next(EnduranceWay.All.Count)];
        EnduranceVm home = _random.Next(2) == 0 ? _qmpd : _qemu;
        bool isHere = home == _qemu || _random.Next(2) == 0;
        try
        {
            await using EnduranceVm destination = isHere
                ? await EnduranceVm.StartHereAsync(["-incoming", "defer", .. EnduranceGuest.Words]).ConfigureAwait(false)
                : await EnduranceVm.StartProcessAsync(EmulatorKind.Qemu, "-incoming", "defer").ConfigureAwait(false);
            using var turn = new EnduranceTurn(way, home, guest, _random);
            await turn.RunAsync(destination).ConfigureAwait(false);
            _passed[way.Name] = _passed.GetValueOrDefault(way.Name) + 1;
        }
        catch (Exception e) when (home == _qemu && home.Exit.IsCompleted)
        {
            await ReplaceQemuAsync($"{way.Name}: {e.Message}").ConfigureAwait(false);
        }
        catch (Exception e) when (e is not UnreachableException)
        {
            Failures.Add($"{way.Name}, {home} to {(isHere ? "here" : "qemu")}: {e.Message}");
            if (Failures.Count > 20) throw;
        }
    }

    // That it ends is for QEMU to mend, and nothing of ours can go on without it.
    private async Task ReplaceQemuAsync(string when)
    {
        QemusEnds.Add($"qemu ended with {await _qemu.Exit.ConfigureAwait(false)}: {when}");
        await _qemu.DisposeAsync().ConfigureAwait(false);
        _qemu = await StartHomeAsync(EmulatorKind.Qemu).ConfigureAwait(false);
    }

    private string Sample(TimeSpan elapsed)
    {
        var columns = new List<string> { $"{elapsed.TotalMinutes:0}", $"{_passed.Values.Sum()}", $"{Failures.Count}" };
        foreach ((string name, int id) in Watched)
        {
            ProcessFigures figures = ProcessFigures.Of(id);
            if (!_figures.TryGetValue(name, out List<ProcessFigures>? all)) _figures.Add(name, all = []);
            all.Add(figures);
            columns.Add(figures.ToString());
        }

        return string.Join('\t', columns);
    }
}
