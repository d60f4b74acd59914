using Qmp.Cpu.Ports;
using Qmp.Cpu.Registers;
using Qmp.Cpu.Tests.Support;

namespace Qmp.Cpu.Tests;

/// <summary>What single instructions do; numbers are the architecture's.</summary>
[TestFixture]
internal sealed class InstructionTests
{
    private const uint Carry = 1, Parity = 4, Adjust = 0x10, Zero = 0x40, Sign = 0x80, Overflow = 0x800;

    // mov eax, a; mov ebx, b; and the instruction.
    [TestCase("01d8", 0xffffffffu, 1u, 0u, Carry | Parity | Adjust | Zero)]
    [TestCase("01d8", 0x7fffffffu, 1u, 0x80000000u, Parity | Adjust | Sign | Overflow)]
    [TestCase("6601d8", 0x1234ffffu, 1u, 0x12340000u, Carry | Parity | Adjust | Zero)]
    [TestCase("00d8", 0x12345680u, 0x80u, 0x12345600u, Carry | Parity | Zero | Overflow)]
    [TestCase("29d8", 0u, 1u, 0xffffffffu, Carry | Parity | Adjust | Sign)]
    [TestCase("28d8", 0x80u, 1u, 0x7fu, Adjust | Overflow)]
    [TestCase("39d8", 5u, 5u, 5u, Parity | Zero)]
    [TestCase("f9 11d8", 0xffffffffu, 0u, 0u, Carry | Parity | Adjust | Zero)]
    [TestCase("f9 19d8", 0u, 0u, 0xffffffffu, Carry | Parity | Adjust | Sign)]
    [TestCase("21d8", 0xf0f0u, 0xff00u, 0xf000u, Parity)]
    [TestCase("f9 40", 0x7fffffffu, 0u, 0x80000000u, Carry | Parity | Adjust | Sign | Overflow)]
    [TestCase("f9 48", 0u, 0u, 0xffffffffu, Carry | Parity | Adjust | Sign)]
    [TestCase("f7d8", 1u, 0u, 0xffffffffu, Carry | Parity | Adjust | Sign)]
    [TestCase("d1e0", 0xc0000000u, 0u, 0x80000000u, Carry | Parity | Sign)]
    [TestCase("d1f8", 0x80000001u, 0u, 0xc0000000u, Carry | Parity | Sign)]
    [TestCase("d1e8", 0x80000001u, 0u, 0x40000000u, Carry | Parity | Overflow)]
    [TestCase("d1c0", 0x80000000u, 0u, 1u, Carry | Overflow)]
    [TestCase("f9 d1d0", 0u, 0u, 1u, 0u)]
    [TestCase("c0d012", 0xb0u, 0u, 0xb0u, 0u)] // rcl al, 18: all the way round
    [TestCase("0fa3d8", 0x10u, 4u, 0x10u, Carry)]
    [TestCase("0fc8", 0x12345678u, 0u, 0x78563412u, 0u)]
    public void Result_and_flags(string code, uint a, uint b, uint result, uint flags)
    {
        using TestCpu cpu = new TestCpu().In(32);
        cpu.Registers[CpuRegisters.Eax] = a;
        cpu.Registers[CpuRegisters.Ebx] = b;
        Assert.That(cpu.Run(code).Kind, Is.EqualTo(StopKind.Quiet));
        Assert.That(cpu.Registers[CpuRegisters.Eax], Is.EqualTo(result));
        Assert.That(cpu.Registers.Flags.Value & CpuFlags.Arithmetic, Is.EqualTo(flags));
    }

    [Test]
    public void Flags_keep_what_they_are_set_to([Values(0u, Carry, Parity, Adjust, Zero, Sign, Overflow, Carry | Overflow, CpuFlags.Arithmetic)] uint flags)
    {
        var register = new CpuFlags { Value = flags };
        Assert.That(register.Value, Is.EqualTo(flags | 2));
    }

    [Test]
    public void Real_mode_jumps_far_and_loads_segments()
    {
        using TestCpu cpu = new TestCpu().In(16);
        cpu.Memory.Load(0x20010, Convert.FromHexString("b800308ed88b1e0200f4")); // mov ax,3000h; mov ds,ax; mov bx,[2]; hlt
        cpu.Memory.Load(0x30002, [0x34, 0x12]);
        Assert.That(cpu.Run("ea10000020").Kind, Is.EqualTo(StopKind.Quiet));
        Assert.That(cpu.Registers[CpuRegisters.Ebx], Is.EqualTo(0x1234));
        Assert.That(cpu.Registers.Segments[SegmentName.Cs].Base, Is.EqualTo(0x20000));
    }

    [Test]
    public void Protected_mode_is_entered_as_boot_sectors_do()
    {
        using TestCpu cpu = new TestCpu().In(16);
        cpu.Memory.Load(0x2000, Convert.FromHexString("0000000000000000ffff0000009acf00ffff00000092cf00"));
        cpu.Memory.Load(0x2100, Convert.FromHexString("170000200000"));

        // At 0x3000: mov ax,10h; mov ds,ax; mov ss,ax; mov dword [100000h],12345678h; hlt
        cpu.Memory.Load(0x3000, Convert.FromHexString("66b810008ed88ed0c7050000080078563412f4"));
        Stop stop = cpu.Run("fa 0f01160021 66b811000000 0f22c0 66ea003000000800");
        Assert.That(stop, Is.EqualTo(Stop.Of(StopKind.Quiet)));
        byte[] written = new byte[4];
        cpu.Memory.Peek(0x80000, written);
        Assert.That(BitConverter.ToUInt32(written), Is.EqualTo(0x12345678));
        Assert.That(cpu.Registers.Segments[SegmentName.Ds].Limit, Is.EqualTo(uint.MaxValue));
        Assert.That(cpu.Registers.Segments[SegmentName.Ds].Flags & SegmentRegister.Accessed, Is.Not.Zero);
    }

    [Test]
    public void Interrupt_enters_its_handler_and_returns()
    {
        using TestCpu cpu = new TestCpu().In(16);
        cpu.Memory.Load(0x21 * 4, Convert.FromHexString("00200000"));
        cpu.Memory.Load(0x2000, Convert.FromHexString("b83412cf")); // mov ax,1234h; iret
        Assert.That(cpu.Run("fb cd21 b90500").Kind, Is.EqualTo(StopKind.Quiet));
        Assert.That(cpu.Registers[CpuRegisters.Eax], Is.EqualTo(0x1234));
        Assert.That(cpu.Registers[CpuRegisters.Ecx], Is.EqualTo(5));
        Assert.That(cpu.Registers.Flags.Interrupts, Is.True);
    }

    [Test]
    public void Division_by_zero_enters_its_handler_or_stops()
    {
        using TestCpu cpu = new TestCpu().In(16);
        Stop stop = cpu.Run("31c9 f7f1");
        Assert.That(stop.Kind, Is.EqualTo(StopKind.Unsupported));
        Assert.That(cpu.Registers.Ip, Is.EqualTo(TestCpu.Start + 2), "it stops at the instruction");
        cpu.Memory.Load(0, Convert.FromHexString("00200000"));
        cpu.Memory.Load(0x2000, Convert.FromHexString("b83412f4"));
        Assert.That(cpu.Run("31c9 f7f1").Kind, Is.EqualTo(StopKind.Quiet));
        Assert.That(cpu.Registers[CpuRegisters.Eax], Is.EqualTo(0x1234));
    }

    [TestCase("d9ee", "an instruction that this processor does not have")] // fldz
    [TestCase("0f01d0", "an instruction that this processor does not have")] // xgetbv
    [TestCase("cd10", "interrupt 16 without a handler")]
    [TestCase("e440", "port 0x40, whose device is not here")]
    [TestCase("66b8000000800f22c0", "paging")]
    public void What_it_cannot_do_stops_it(string code, string reason)
    {
        using TestCpu cpu = new TestCpu().In(16);
        Stop stop = cpu.Run(code);
        Assert.That(stop.Kind, Is.EqualTo(StopKind.Unsupported));
        Assert.That(stop.Reason, Does.StartWith(reason));
    }

    [Test]
    public void Segment_is_not_left()
    {
        using TestCpu cpu = new TestCpu().In(16);
        Stop stop = cpu.Run("66b800000100 67668b18"); // mov eax,10000h; mov ebx,[eax]
        Assert.That((stop.Kind, stop.Reason), Is.EqualTo((StopKind.Unsupported, "exception 13 without a handler")));
    }

    [Test]
    public void Address_line_20_wraps_addresses()
    {
        using TestCpu cpu = new TestCpu(4 << 20).In(32);
        cpu.Memory.Load(0x1234, [7]);
        cpu.Registers.AddressMask = ~(1u << 20);
        cpu.Run("a034121000");
        Assert.That(cpu.Registers[CpuRegisters.Eax], Is.EqualTo(7));
    }

    [Test]
    public void Processor_tells_what_it_is()
    {
        using TestCpu cpu = new TestCpu().In(32);
        cpu.Run("31c0 0fa2");
        Assert.That(cpu.Registers[CpuRegisters.Eax], Is.EqualTo(1));
        cpu.Run("b801000000 0fa2 0f31");
        Assert.That((cpu.Registers[CpuRegisters.Edx], cpu.Registers[CpuRegisters.Eax]), Is.EqualTo((1u, 2u)), "the time that it was given");
    }

    [Test]
    public void Reset_by_the_keyboard_controller_is_asked_for_between_instructions()
    {
        using TestCpu cpu = new TestCpu().In(16);
        new SystemControl(_ => { }).Connect(cpu.Ports);
        Stop stop = cpu.Run("b0fe e664 b001");
        Assert.That((stop.Kind, stop.Request), Is.EqualTo((StopKind.Request, MachineRequest.Reset)));
        Assert.That((cpu.Registers.Ip, stop.NextIp), Is.EqualTo((TestCpu.Start + 2, TestCpu.Start + 4)));
    }
}
