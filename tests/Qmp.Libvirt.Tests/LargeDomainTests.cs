using System.Diagnostics;
using Qmp.Libvirt.Tests.Bench;

namespace Qmp.Libvirt.Tests;

/// <summary>Domains with more memory than lies below 4 GiB. What is untouched takes no time.</summary>
internal sealed class LargeDomainTests : LibvirtTests
{
    private const string Vm = DomainXml.DefaultName;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [TestCase("pc")]
    [TestCase("q35")]
    public async Task Eight_gibibytes_start_are_saved_and_move(string machine)
    {
        long start = Stopwatch.GetTimestamp();
        await StartAsync(Domain with { Machine = machine, Mebibytes = 8192 });
        string memory = await ChecksumAsync(A);
        string image = Path.Combine(Bench.Folder, "image");
        await A.RunAsync("save", Vm, image);
        Assert.That(new FileInfo(image).Length, Is.LessThan(256 << 20));
        await A.RunAsync("restore", image);
        await A.AwaitStateAsync("running (restored)");
        await A.RunAsync(Migrate());
        await AwaitMovedAsync();
        Assert.That(await ChecksumAsync(B), Is.EqualTo(memory));
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        TestContext.Out.WriteLine($"{elapsed.TotalSeconds:F1} s");
        Assert.That(elapsed, Is.LessThan(Limit));
    }
}
