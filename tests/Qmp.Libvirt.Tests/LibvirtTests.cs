using System.Security.Cryptography;
using Qmp.Interop.Emulators;
using Qmp.Libvirt.Tests.Bench;

namespace Qmp.Libvirt.Tests;

/// <summary>Tests on a bench that all of them share: each finds it without domains.</summary>
[Category("Slow")]
[TestFixture]
internal abstract class LibvirtTests
{
    /// <summary>Where a file is loaded to in the guest's memory, and how much it holds.</summary>
    protected const long FileAddress = 16 << 20;

    /// <inheritdoc cref="FileAddress"/>
    protected const int FileSize = 40 << 20;

    /// <summary>What domains run.</summary>
    protected static string Emulator { get; } = EmulatorPrograms.PathOf(EmulatorKind.Qmpd);

    protected LibvirtBench Bench { get; private set; } = null!;

    protected LibvirtNode A => Bench.A;

    protected LibvirtNode B => Bench.B;

    /// <summary>A domain with a guest that writes 200 MB/s to 8 MiB of memory and obeys the power button.</summary>
    protected DomainXml Domain => new()
    {
        Emulator = Emulator,
        Words =
        [
            "-x-sim", "on", "-device", "x-guest,powerdown-ms=100,unplug-ms=50,balloon-ms=50",
            "-device", "x-workload,addr=1M,working-set=8M,rate=200M",
            "-device", $"loader,file={Bench.Folder}/content,addr={FileAddress},force-raw=on",
        ],
    };

    /// <summary>A domain whose guest writes so fast that it does not converge at the bandwidths used here.</summary>
    protected string[] Slowly => ["--bandwidth", "20"];

    [OneTimeSetUp]
    public async Task StartBenchAsync()
    {
        LibvirtRequirement.Check();
        Bench = await SharedBench.GetAsync();
    }

    [TearDown]
    public Task ForgetAsync() =>
        Bench is null ? Task.CompletedTask : Task.WhenAll(A.ForgetAsync(), B.ForgetAsync());

    /// <summary>Defines and starts a domain on the first host; what its memory holds is to be had nowhere else.</summary>
    protected async Task StartAsync(DomainXml? domain = null, string state = "running (booted)")
    {
        string content = Path.Combine(Bench.Folder, "content");
        await File.WriteAllBytesAsync(content, RandomNumberGenerator.GetBytes(FileSize));
        await A.DefineAsync(domain ?? Domain);
        await A.RunAsync("start", DomainXml.DefaultName);
        await File.WriteAllBytesAsync(content, new byte[FileSize]);
        await A.AwaitStateAsync(state);
    }

    /// <summary>The checksum of the memory that the guest leaves as it is.</summary>
    protected static Task<string> ChecksumAsync(LibvirtNode node) => node.ChecksumAsync(FileAddress, FileSize);

    /// <summary>The checksum of all memory; the guest has to be paused.</summary>
    protected static Task<string> ChecksumOfAllAsync(LibvirtNode node) => node.ChecksumAsync(0, 64 << 20);

    /// <summary>The words of a migration from the first host to the second, which talk to each other.</summary>
    protected string[] Migrate(params string[] more) =>
        ["migrate", "--live", "--p2p", DomainXml.DefaultName, B.Uri, "--migrateuri", $"unix://{Bench.Folder}/mig", .. more];

    /// <summary>Waits until the domain has moved.</summary>
    protected async Task AwaitMovedAsync(string state = "running (migrated)")
    {
        await B.AwaitStateAsync(state);
        await A.AwaitStateAsync("shut off (migrated)");
    }
}
