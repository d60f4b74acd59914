using Qmp.Client.Migration;

namespace Demo;

/// <summary>The story of a guest that runs code: a boot sector spells the alphabet over its serial port, on one emulator and then on the other.</summary>
internal sealed class BootDemo(DemoScreen screen)
{
    private const int SectorSize = 512;
    private const int Enough = 20; // letters on either side
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Prints BL, which goes from A to Z and begins again; between two letters it adds 1 to a number in memory, two million times.
    private static readonly byte[] Code = Convert.FromHexString(
        "baf803" + "b341" // mov dx,3f8h; mov bl,'A'
        + "88d8ee" + "fec3" + "80fb5b" + "7502" + "b341" // next: mov al,bl; out dx,al; inc bl; cmp bl,'Z'+1; jne go; mov bl,'A'
        + "66b980841e00" // go: mov ecx,2000000
        + "ff060005" + "6649" + "75f8" // count: inc word [500h]; dec ecx; jnz count
        + "ebe4"); // jmp next

    /// <returns>Whether the alphabet went on without a gap.</returns>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("qmp-demo-");
        try
        {
            return await RunAsync(name => Path.Combine(folder.FullName, name), stop);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<bool> RunAsync(Func<string, string> pathOf, CancellationToken stop)
    {
        screen.Step("A disk with a boot sector, two emulators");
        byte[] sector = new byte[SectorSize];
        Code.CopyTo(sector, 0);
        (sector[^2], sector[^1]) = (0x55, 0xaa);
        await File.WriteAllBytesAsync(pathOf("disk"), sector, stop);
        string[] machine = ["-M", "pc", "-nodefaults", "-display", "none", "-m", "64M", "-drive", $"file={pathOf("disk")},format=raw"];
        string uri = $"unix:{pathOf("mig")}";
        await using EmulatorProcess destination = await EmulatorProcess.StartAsync(
            MigrationDemo.Destination, pathOf("dst.qmp"), [.. machine, "-serial", $"file:{pathOf("dst.serial")}", "-incoming", uri], screen, stop);
        await using EmulatorProcess source = await EmulatorProcess.StartAsync(
            MigrationDemo.Source, pathOf("src.qmp"), [.. machine, "-serial", $"file:{pathOf("src.serial")}"], screen, stop);
        await LettersAsync(pathOf("src.serial"), stop);

        screen.Step("The guest prints and moves");
        MigrationResult result = await screen.WatchAsync(progress => source.Monitor.RunMigrationAsync(
            new MigrationPlan { Uri = uri, Progress = progress, PollInterval = TimeSpan.FromMilliseconds(50) }, stop));
        if (result.Outcome != MigrationOutcome.Completed)
        {
            throw new DemoException($"The migration is {result.Outcome}: {result.Reason ?? "no reason given"}");
        }

        string after = await LettersAsync(pathOf("dst.serial"), stop);
        string before = await File.ReadAllTextAsync(pathOf("src.serial"), stop);
        bool success = IsAlphabet(before + after);
        screen.Summary(
            [
                ("total time", Format.Milliseconds(result.Info!.TotalTime)),
                ("downtime", Format.Milliseconds(result.Info.Downtime)),
                ("printed at the source", before),
                ("printed at the destination", after),
            ],
            success,
            success ? "The alphabet went on where it was." : "A letter is missing, or came twice.");
        return success;
    }

    private static bool IsAlphabet(string text) => text.Length > 0 && text.Select((letter, i) => letter == 'A' + (i % 26)).All(isRight => isRight);

    private static async Task<string> LettersAsync(string path, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        string text;
        while ((text = await File.ReadAllTextAsync(path, limit.Token)).Length < Enough) await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        return text;
    }
}
