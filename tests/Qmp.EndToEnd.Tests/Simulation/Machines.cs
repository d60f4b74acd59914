using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Simulation;

/// <summary>A source and a destination as processes, ready to migrate with the return path and the ack.</summary>
internal sealed class Machines : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;

    private Machines(TemporaryFolder folder, EmulatorProcess source, EmulatorProcess destination)
    {
        _folder = folder;
        Source = source;
        Destination = destination;
    }

    public EmulatorProcess Source { get; }

    public EmulatorProcess Destination { get; }

    public string Uri => $"unix:{_folder.File("mig")}";

    public static async Task<Machines> StartAsync(params string[] devices)
    {
        var folder = new TemporaryFolder();
        string[] words = ["-x-sim", "on", .. devices.SelectMany(d => new[] { "-device", d })];
        EmulatorProcess destination = await EmulatorProcess.StartAsync(
            EmulatorKind.Qmpd, "dst", folder, [.. words, "-incoming", "defer"]);
        EmulatorProcess source = await EmulatorProcess.StartAsync(EmulatorKind.Qmpd, "src", folder, words);
        return new Machines(folder, source, destination);
    }

    /// <summary>Begins the migration.</summary>
    public async Task BeginAsync(params IReadOnlyList<MigrationCapability> capabilities)
    {
        await Source.SwitchOnAsync(capabilities);
        await Destination.SwitchOnAsync(capabilities);
        await Destination.Migration.MigrateIncomingAsync(new() { Uri = Uri });
        await Source.Migration.MigrateAsync(new() { Uri = Uri });
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await Destination.DisposeAsync();
        _folder.Dispose();
    }
}
