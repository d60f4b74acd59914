using System.Diagnostics;
using System.Globalization;
using Qmp.Libvirt.Tests.Bench;

namespace Qmp.Libvirt.Tests;

/// <summary>As many domains as a small host has; how long that takes is printed.</summary>
[Explicit("measures")]
internal sealed class ManyDomainsTests : LibvirtTests
{
    private const int Count = 100;
    private const int AtOnce = 4;

    private static string[] Names { get; } =
        [.. Enumerable.Range(0, Count).Select(i => string.Create(CultureInfo.InvariantCulture, $"vm{i}"))];

    [Test]
    public async Task Hundred_domains_start_move_and_end()
    {
        await MeasureAsync("define", name => A.DefineAsync(new DomainXml { Emulator = Emulator, Name = name }));
        await MeasureAsync("start", name => A.RunAsync("start", name));
        Report();
        await MeasureAsync("migrate", name => A.RunAsync(
            "migrate", "--live", "--p2p", "--undefinesource", "--persistent", name, B.Uri,
            "--migrateuri", $"unix://{Bench.Folder}/{name}.mig"));
        Assert.That((await B.RunAsync("list", "--name")).Split('\n'), Is.EquivalentTo(Names));
        Assert.That(await A.RunAsync("list", "--all", "--name"), Is.Empty);
        await MeasureAsync("destroy", async name =>
        {
            await B.RunAsync("destroy", name);
            await B.RunAsync("undefine", name);
        });
        Assert.That(await B.RunAsync("list", "--all", "--name"), Is.Empty);
    }

    [TearDown]
    public async Task ForgetManyAsync()
    {
        foreach (LibvirtNode node in (LibvirtNode[])[A, B])
        {
            foreach (string name in (await node.RunAsync("list", "--all", "--name")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                await node.ForgetAsync(name);
            }
        }
    }

    private static async Task MeasureAsync(string what, Func<string, Task> act)
    {
        long start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Names, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (name, _) => await act(name));
        TestContext.Out.WriteLine($"{what}: {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
    }

    // Pages that processes share count for each with its part.
    private static void Report()
    {
        long[] sizes =
        [
            .. Directory.EnumerateDirectories("/proc").Where(IsDomain).Select(Size),
        ];
        Assert.That(sizes, Has.Length.EqualTo(Count));
        TestContext.Out.WriteLine($"memory: {sizes.Sum() / 1024} MiB, {sizes.Average() / 1024:F1} MiB each");
    }

    private static bool IsDomain(string process)
    {
        try
        {
            string[] words = File.ReadAllText(Path.Combine(process, "cmdline")).Split('\0');
            return words[0] == Emulator && words.Any(w => w.StartsWith("guest=vm", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static long Size(string process)
    {
        string line = File.ReadLines(Path.Combine(process, "smaps_rollup")).First(l => l.StartsWith("Pss:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
