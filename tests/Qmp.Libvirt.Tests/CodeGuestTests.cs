using System.Runtime.InteropServices;
using Qmp.Libvirt.Tests.Bench;

namespace Qmp.Libvirt.Tests;

/// <summary>Domains whose guest runs code: a kernel of ours that counts in each page of 8 MiB, one after the other, for ever.</summary>
internal sealed class CodeGuestTests : LibvirtTests
{
    private const string Vm = DomainXml.DefaultName;
    private const uint LoadAddress = 1 << 20;
    private const uint CounterAddress = 16 << 20;
    private const int CounterSize = 8 << 20;
    private const int PageSize = 4096;
    private const uint MultibootMagic = 0x1badb002;
    private const uint HasAddresses = 0x10000;

    private static readonly byte[] Code = Convert.FromHexString(
        "bf00000001" // start: mov edi,1000000h
        + "ff07" + "81c700100000" // next: inc dword [edi]; add edi,1000h
        + "81ff00008001" + "72f0" // cmp edi,1800000h; jb next
        + "ebe9"); // jmp start

    [Test]
    public async Task Guest_moves_while_it_counts_and_goes_on()
    {
        await StartAsync(await CountingAsync());
        await RequireProgressAsync(A);
        await A.RunAsync(Migrate());
        await AwaitMovedAsync();
        await RequireProgressAsync(B);
    }

    [Test]
    public async Task Guest_goes_on_after_it_was_saved()
    {
        await StartAsync(await CountingAsync());
        await RequireProgressAsync(A);
        await A.RunAsync("managedsave", Vm);
        await A.RunAsync("start", Vm);
        await A.AwaitStateAsync("running (restored)");
        await RequireProgressAsync(A);
    }

    private async Task<DomainXml> CountingAsync()
    {
        string kernel = Path.Combine(Bench.Folder, "counting.bin");
        uint end = LoadAddress + (8 * sizeof(uint)) + (uint)Code.Length;
        uint[] header =
        [
            MultibootMagic, HasAddresses, unchecked(0 - MultibootMagic - HasAddresses), LoadAddress, LoadAddress, end, end,
            LoadAddress + (8 * sizeof(uint)),
        ];
        await File.WriteAllBytesAsync(kernel, [.. MemoryMarshal.AsBytes<uint>(header), .. Code]);
        return new DomainXml { Emulator = Emulator, Kernel = kernel };
    }

    // Counts go down by one at most, at one place at most, wherever it stops; and they grow.
    private async Task RequireProgressAsync(LibvirtNode node)
    {
        uint[] before = await CountsAsync(node);
        for (int attempt = 0; attempt < 100; attempt++)
        {
            uint[] after = await CountsAsync(node);
            if (after[0] > before[0]) return;
            await Task.Delay(50);
        }

        Assert.Fail($"it does not go on: {before[0]}");
    }

    private async Task<uint[]> CountsAsync(LibvirtNode node)
    {
        await node.RunAsync("suspend", Vm);
        string file = Path.Combine(Bench.Folder, "counts");
        await node.QueryAsync("pmemsave", new() { ["val"] = CounterAddress, ["size"] = CounterSize, ["filename"] = file });
        await node.RunAsync("resume", Vm);
        byte[] memory = await File.ReadAllBytesAsync(file);
        uint[] counts = [.. Enumerable.Range(0, CounterSize / PageSize).Select(page => BitConverter.ToUInt32(memory, page * PageSize))];
        Assert.That(counts[0] - counts[^1], Is.LessThanOrEqualTo(1), "a write was lost");
        Assert.That(counts, Is.Ordered.Descending);
        return counts;
    }
}
