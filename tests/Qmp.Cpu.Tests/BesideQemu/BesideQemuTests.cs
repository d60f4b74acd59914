using System.Buffers.Binary;
using Iced.Intel;
using Newtonsoft.Json.Linq;
using Qmp.Client;
using Qmp.Cpu.Firmware;
using Qmp.Cpu.Ports;
using Qmp.Cpu.Tests.Support;

namespace Qmp.Cpu.Tests.BesideQemu;

/// <summary>Random programs leave the same registers, flags and memory here and with QEMU's own interpreter.</summary>
[TestFixture]
internal sealed class BesideQemuTests
{
    private const int ProgramsOfBatch = 250;

    [TestCase(16)]
    [TestCase(32)]
    public Task Programs_end_as_with_QEMU(int bits) => CompareAsync(new ProgramBatch(bits, 200, bits));

    // 10,000 programs, and others each time with QMP_SEED.
    [TestCase(16)]
    [TestCase(32)]
    [Category("Slow")]
    public async Task Many_programs_end_as_with_QEMU(int bits)
    {
        int first = int.TryParse(Environment.GetEnvironmentVariable("QMP_SEED"), out int seed) ? seed : 1000;
        for (int i = 0; i < 5000 / ProgramsOfBatch; i++) await CompareAsync(new ProgramBatch(first + (i * 100) + bits, ProgramsOfBatch, bits));
    }

    private static async Task CompareAsync(ProgramBatch batch)
    {
        string program = Qemu.Require();
        byte[] theirs = await RunWithQemuAsync(program, batch);
        byte[] ours = await RunHereAsync(batch);
        for (int i = 0; i < batch.Programs.Count; i++)
        {
            int at = i * ProgramBatch.ResultSize;
            ReadOnlySpan<byte> there = theirs.AsSpan(at, ProgramBatch.ResultSize);
            ReadOnlySpan<byte> here = ours.AsSpan(at, ProgramBatch.ResultSize);
            if (!here.SequenceEqual(there)) Assert.Fail(Describe(batch, i, here, there));
        }
    }

    private static async Task<byte[]> RunHereAsync(ProgramBatch batch)
    {
        using var cpu = new TestCpu(128 << 20);
        new SystemControl(_ => { }).Connect(cpu.Ports);
        Multiboot kernel = Multiboot.Read(batch.Image, "")!;
        Assert.That(await kernel.BootAsync(cpu.Memory, cpu.Registers), Is.True);
        Stop stop = cpu.Continue(1_000_000_000);
        Assert.That(stop.Kind, Is.EqualTo(StopKind.Request), $"{stop.Reason} at {cpu.Registers.Ip:x}");
        byte[] results = new byte[batch.ResultsSize];
        cpu.Memory.Peek(ProgramBatch.ResultsAddress, results);
        return results;
    }

    private static async Task<byte[]> RunWithQemuAsync(string program, ProgramBatch batch)
    {
        using var folder = new TemporaryFolder();
        string kernel = folder.File("kernel");
        string socket = folder.File("qmp");
        string results = folder.File("results");
        await File.WriteAllBytesAsync(kernel, batch.Image);
        await using LiveServer qemu = await QemuServer.StartAsync(
            program,
            socket,
            ["-accel", "tcg", "-nodefaults", "-display", "none", "-m", "128", "-S", "-kernel", kernel, "-action", "reboot=shutdown,shutdown=pause", "-qmp", $"unix:{socket},server=on,wait=off"]);
        await using QmpConnection qmp = await qemu.ConnectAsync();
        await qmp.ExecuteAndWaitAsync("cont", null, e => e.Name == "SHUTDOWN", TimeSpan.FromSeconds(60));
        Assert.That(await SaveAsync(qmp, ProgramBatch.MarkerAddress, sizeof(uint)), Is.EqualTo(BitConverter.GetBytes(ProgramBatch.Marker)), "a program raised an exception");
        return await SaveAsync(qmp, ProgramBatch.ResultsAddress, batch.ResultsSize);

        async Task<byte[]> SaveAsync(QmpConnection monitor, uint address, int size)
        {
            await monitor.ExecuteRawAsync("pmemsave", new JObject { ["val"] = address, ["size"] = size, ["filename"] = results });
            return await File.ReadAllBytesAsync(results);
        }
    }

    private static string Describe(ProgramBatch batch, int index, ReadOnlySpan<byte> here, ReadOnlySpan<byte> there)
    {
        string[] names = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "flags"];
        var text = new System.Text.StringBuilder($"program {index}\n");
        for (int i = 0; i < names.Length; i++)
        {
            uint ours = BinaryPrimitives.ReadUInt32LittleEndian(here[(i * 4)..]);
            uint theirs = BinaryPrimitives.ReadUInt32LittleEndian(there[(i * 4)..]);
            if (ours != theirs) text.AppendLine($"{names[i]}: {ours:x8} here, {theirs:x8} there");
        }

        int differences = 0;
        for (int i = 64; i < here.Length && differences < 8; i++)
        {
            if (here[i] == there[i]) continue;
            text.AppendLine($"memory {i - 64:x4}: {here[i]:x2} here, {there[i]:x2} there");
            differences++;
        }

        var decoder = Decoder.Create(batch.Bits, batch.Programs[index]);
        while (decoder.IP < (ulong)batch.Programs[index].Length) text.AppendLine(decoder.Decode().ToString());
        return text.ToString();
    }
}
