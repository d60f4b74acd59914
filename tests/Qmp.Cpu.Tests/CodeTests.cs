using Qmp.Cpu.Registers;
using Qmp.Cpu.Tests.Support;
using Qmp.Machine.Memory;

namespace Qmp.Cpu.Tests;

/// <summary>Code that changes, and pages that are kept back.</summary>
[TestFixture]
internal sealed class CodeTests
{
    [Test]
    public void Instruction_that_was_changed_by_the_one_before_runs_as_changed()
    {
        using TestCpu cpu = new TestCpu().In(32);

        // mov byte [1008h], 2 (the number in what follows); mov al, 1
        cpu.Run("c6050810000002 b001");
        Assert.That(cpu.Registers[CpuRegisters.Eax] & 0xff, Is.EqualTo(2));
    }

    [Test]
    public void Code_that_another_changes_runs_as_changed()
    {
        using TestCpu cpu = new TestCpu().In(32);
        cpu.Run("b001");
        cpu.Memory.WriteAsync(TestCpu.Start + 1, new byte[] { 9 }).AsTask().Wait();
        cpu.Registers.Ip = TestCpu.Start;
        cpu.Continue();
        Assert.That(cpu.Registers[CpuRegisters.Eax] & 0xff, Is.EqualTo(9));
    }

    [Test]
    public void Code_runs_over_the_edge_of_a_page()
    {
        using TestCpu cpu = new TestCpu().In(32);
        cpu.Memory.Load(0x1ffd, Convert.FromHexString("b878563412f4"));
        cpu.Registers.Ip = 0x1ffd;
        cpu.Continue();
        Assert.That(cpu.Registers[CpuRegisters.Eax], Is.EqualTo(0x12345678));
    }

    [Test]
    public void Write_is_in_the_dirty_log()
    {
        using TestCpu cpu = new TestCpu().In(32);
        cpu.Block.DirtyLog.Fill(false);
        cpu.Run("c60500300000 07");
        Assert.That(cpu.Block.DirtyLog[3], Is.True);
        Assert.That(cpu.Block.DirtyLog[4], Is.False);
    }

    // add dword [3000h], eax; the page is kept back at first.
    [Test]
    public void Instruction_whose_page_is_kept_back_has_done_nothing()
    {
        using TestCpu cpu = new TestCpu().In(32);
        var gate = new Gate(cpu.Block.Pages, holdsReads: false);
        gate.Closed.Set(3);
        cpu.Block.Gate = gate;
        cpu.Registers[CpuRegisters.Eax] = 5;
        uint flags = cpu.Registers.Flags.Value;
        Stop stop = cpu.Run("010500300000");
        Assert.That((stop.Kind, stop.Address, stop.Length, stop.Writes), Is.EqualTo((StopKind.PageHeld, 0x3000u, 4, true)));
        Assert.That((cpu.Registers.Ip, cpu.Registers.Flags.Value), Is.EqualTo((TestCpu.Start, flags)));
        gate.Closed.Clear(3);
        cpu.Continue();
        byte[] written = new byte[4];
        cpu.Memory.Peek(0x3000, written);
        Assert.That(BitConverter.ToUInt32(written), Is.EqualTo(5));
    }

    // A copy of two pages, of which the second is kept back: it goes on in its middle.
    [Test]
    public void Copy_goes_on_where_a_page_was_kept_back()
    {
        using TestCpu cpu = new TestCpu().In(32);
        byte[] data = new byte[8192];
        new Random(1).NextBytes(data);
        cpu.Memory.Load(0x10000, data);
        var gate = new Gate(cpu.Block.Pages, holdsReads: true);
        gate.Closed.Set(0x11);
        cpu.Block.Gate = gate;
        Stop stop = cpu.Run("be00000100 bf00000200 b900080000 f3a5");
        Assert.That((stop.Kind, cpu.Registers[CpuRegisters.Ecx]), Is.EqualTo((StopKind.PageHeld, 1024u)));
        gate.Closed.Clear(0x11);
        cpu.Continue();
        byte[] copy = new byte[8192];
        cpu.Memory.Peek(0x20000, copy);
        Assert.That(copy, Is.EqualTo(data));
    }

    [Test]
    public void Code_on_a_page_that_is_missing_waits_for_it()
    {
        using TestCpu cpu = new TestCpu().In(32);
        var gate = new Gate(cpu.Block.Pages, holdsReads: true);
        gate.Closed.Set(1);
        cpu.Block.Gate = gate;
        Assert.That(cpu.Run("b001").Kind, Is.EqualTo(StopKind.PageHeld));
        gate.Closed.Clear(1);
        cpu.Continue();
        Assert.That(cpu.Registers[CpuRegisters.Eax] & 0xff, Is.EqualTo(1));
    }

    private sealed class Gate(long pages, bool holdsReads) : PageGate(new PageBitmap(pages))
    {
        public override bool HoldsReads => holdsReads;

        public override ValueTask WaitAsync(long page) => throw new NotSupportedException();
    }
}
