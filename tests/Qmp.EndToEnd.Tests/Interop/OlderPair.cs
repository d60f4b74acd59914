using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>A source and a destination, of which one is QEMU 7.2 and the other one qmpd; the source's memory is full.</summary>
internal sealed class OlderPair : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    private OlderPair()
    {
    }

    public byte[] Image { get; private set; } = [];

    public EmulatorProcess Source { get; private set; } = null!;

    public EmulatorProcess Destination { get; private set; } = null!;

    /// <summary>Starts them; without a QEMU 7.2 the test ends here.</summary>
    /// <param name="fromOlder">Whether the source is the older one.</param>
    /// <param name="seed">What memory depends on.</param>
    /// <param name="properties">What has qmpd migrate as machine types of that age do.</param>
    /// <param name="prepareAsync">Is told of each, and whether it is the older one.</param>
    public static async Task<OlderPair> StartAsync(
        bool fromOlder, int seed, string[] properties, Func<EmulatorProcess, bool, Task> prepareAsync)
    {
        string older = Qemu.RequireOlder();
        var pair = new OlderPair();
        try
        {
            pair.Image = MemoryImage.Create(seed);
            string image = pair._folder.File("image");
            await File.WriteAllBytesAsync(image, pair.Image);
            pair.Destination = await StartAsync("destination", !fromOlder, "-incoming", "defer");
            await prepareAsync(pair.Destination, !fromOlder);
            pair.Source = await StartAsync("source", fromOlder, "-device", $"loader,file={image},addr=0,force-raw=on");
            await prepareAsync(pair.Source, fromOlder);
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }

        Task<EmulatorProcess> StartAsync(string role, bool isOlder, params string[] words) => isOlder
            ? EmulatorProcess.StartAsync(EmulatorKind.Qemu, older, role, pair._folder, words)
            : EmulatorProcess.StartAsync(EmulatorKind.Qmpd, role, pair._folder, [.. properties, .. words]);
    }

    /// <summary>Begins to migrate.</summary>
    public async Task MigrateAsync()
    {
        string uri = $"unix:{_folder.File("stream")}";
        await Destination.Migration.MigrateIncomingAsync(new() { Uri = uri });
        await Source.Migration.MigrateAsync(new() { Uri = uri });
    }

    /// <summary>Waits for the end, and fails the test unless both have completed, with the same memory and without a word.</summary>
    /// <returns>What the source says of the migration.</returns>
    public async Task<MigrationInfo> CheckMovedAsync()
    {
        await Source.Events.WhenEndedAsync();
        MigrationInfo info = await Source.QueryMigrateAsync();
        Assert.That(info.Status, Is.EqualTo(MigrationStatus.Completed), $"{Source} {Destination}: {info.ErrorDesc}");
        await Destination.Events.WhenEndedAsync();
        Assert.That(await Destination.QuerySettledRunStateAsync(), Is.EqualTo(RunState.Running), Destination.ToString());
        await Destination.RequireMemoryAsync(Image);
        Assert.That(Source.Complaints.Concat(Destination.Complaints), Is.Empty);
        return info;
    }

    public async ValueTask DisposeAsync()
    {
        if (Source is not null) await Source.DisposeAsync();
        if (Destination is not null) await Destination.DisposeAsync();
        _folder.Dispose();
    }
}
