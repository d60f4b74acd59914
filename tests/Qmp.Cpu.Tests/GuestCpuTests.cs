using Qmp.Cpu.Firmware;
using Qmp.Cpu.Ports;
using Qmp.Machine;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Types;
using Serilog.Core;

namespace Qmp.Cpu.Tests;

/// <summary>A processor in a machine, in virtual time: 10 million instructions a second.</summary>
[TestFixture]
internal sealed class GuestCpuTests
{
    private const long Rate = 10_000_000;

    private readonly List<byte> _sent = [];
    private readonly List<MachineRequest> _asked = [];
    private VirtualTimeline _timeline = null!;
    private VirtualMachine _machine = null!;
    private GuestCpu _cpu = null!;
    private byte[]? _sector;

    [SetUp]
    public void SetUp()
    {
        _sent.Clear();
        _asked.Clear();
        _timeline = new VirtualTimeline();
        _machine = new VirtualMachine(new MachineIdentity("pc"), _timeline, new NoEvents(), Logger.None);
        _machine.Memory.Map(RamBlock.Anonymous("ram", 1 << 20), 0);
        var ports = new PortBus();
        ports.Add(new SerialPort(_sent.Add), SerialPort.First, SerialPort.Count);
        new SystemControl(_ => { }).Connect(ports);
        _cpu = new GuestCpu(
            _machine,
            new CpuSettings { Firmware = new BootSector(() => _sector), Ports = ports, Ask = AskAsync, Rate = Rate },
            Logger.None);
        _machine.AddGuest(_cpu);
    }

    [TearDown]
    public void TearDown() => _machine.Dispose();

    [Test]
    public void Boot_sector_runs_and_stops_between_two_instructions()
    {
        // mov dx,3f8h; mov al,'A'; out dx,al; again: inc word [500h]; jmp again
        Boot("baf803 b041 ee ff060005 ebfa");
        _timeline.Run(async () =>
        {
            _machine.Start();
            await WaitAsync(100);
            await _machine.StopAsync(RunState.Paused);
        });
        Assert.That(_sent, Is.EqualTo("A"u8.ToArray()));
        Assert.That(_cpu.Executed, Is.EqualTo(Rate / 10).Within(Rate / 500));
        Assert.That(_cpu.Registers.Ip, Is.AnyOf(0x7c06u, 0x7c0au));
        long before = _cpu.Executed;
        _timeline.RunUntilIdle(TimeSpan.FromSeconds(1));
        Assert.That(_cpu.Executed, Is.EqualTo(before), "a stopped one executes nothing");
    }

    [Test]
    public void Throttling_takes_its_share_away([Values(0, 50, 90)] int percent)
    {
        Boot("ff060005 ebfa");
        _timeline.Run(async () =>
        {
            _machine.Throttle(percent);
            _machine.Start();
            await WaitAsync(1000);
            await _machine.StopAsync(RunState.Paused);
        });
        Assert.That(_cpu.Executed, Is.EqualTo(Rate * (100 - percent) / 100).Within(2).Percent);
    }

    [Test]
    public void Halted_processor_is_woken_by_the_timer_and_counts()
    {
        Boot("fb f4 ff060005 ebf9"); // sti; again: hlt; inc word [500h]; jmp again
        _timeline.Run(async () =>
        {
            _machine.Start();
            await WaitAsync(1000);
            await _machine.StopAsync(RunState.Paused);
        });
        byte[] count = new byte[2];
        _machine.Memory.Peek(0x500, count);
        Assert.That(BitConverter.ToUInt16(count), Is.EqualTo(18));
        _machine.Memory.Peek(0x46c, count);
        Assert.That(BitConverter.ToUInt16(count), Is.EqualTo(18), "as firmware counts");
    }

    [Test]
    public void Reset_boots_again()
    {
        Boot("baf803 b041 ee ebfe");
        _timeline.Run(async () =>
        {
            _machine.Start();
            await WaitAsync(10);
            _cpu.Reset();
            await WaitAsync(10);
            await _machine.StopAsync(RunState.Paused);
        });
        Assert.That(_sent, Is.EqualTo("AA"u8.ToArray()));
    }

    [Test]
    public void What_a_guest_asks_for_is_done_once()
    {
        Boot("b0fe e664 baf803 b041 ee ebfe");
        _timeline.Run(async () =>
        {
            _machine.Start();
            await WaitAsync(10);
            await _machine.StopAsync(RunState.Paused);
        });
        Assert.That(_asked, Is.EqualTo(new[] { MachineRequest.Reset }));
        Assert.That(_sent, Is.EqualTo("A"u8.ToArray()), "it goes on behind the instruction");
    }

    [Test]
    public void Request_of_a_machine_that_was_stopped_first_comes_when_it_goes_on()
    {
        Boot("b0fe e664 baf803 b041 ee ebfe");
        _timeline.Run(async () =>
        {
            using (await _machine.Lock.EnterAsync())
            {
                _machine.Start();
                await WaitAsync(10);
                await _machine.StopAsync(RunState.Paused);
            }

            await WaitAsync(10);
            Assert.That((_asked.Count, _cpu.Registers.Ip), Is.EqualTo((0, 0x7c02u)));
            _machine.Start();
            await WaitAsync(10);
            await _machine.StopAsync(RunState.Paused);
        });
        Assert.That(_asked, Is.EqualTo(new[] { MachineRequest.Reset }));
    }

    [Test]
    public void What_it_cannot_do_is_an_internal_error()
    {
        Boot("d9ee");
        _timeline.Run(async () =>
        {
            _machine.Start();
            await WaitAsync(10);
        });
        Assert.That(_machine.RunState, Is.EqualTo(RunState.InternalError));
        Assert.That(_cpu.Registers.Ip, Is.EqualTo(0x7c00));
    }

    [Test]
    public void Disk_without_a_signature_is_not_booted()
    {
        _sector = new byte[BootSector.Size];
        _timeline.Run(async () =>
        {
            _machine.Start();
            await WaitAsync(10);
            await _machine.StopAsync(RunState.Paused);
        });
        Assert.That((_cpu.Executed, _cpu.Registers.IsAtReset), Is.EqualTo((0L, true)));
    }

    private void Boot(string code)
    {
        _sector = new byte[BootSector.Size];
        Convert.FromHexString(code.Replace(" ", "", StringComparison.Ordinal)).CopyTo(_sector, 0);
        (_sector[^2], _sector[^1]) = (0x55, 0xaa);
    }

    private async ValueTask WaitAsync(int milliseconds) => await _timeline.CreateWaker().WaitAsync(TimeSpan.FromMilliseconds(milliseconds));

    private ValueTask AskAsync(MachineRequest request)
    {
        _asked.Add(request);
        return ValueTask.CompletedTask;
    }

    private sealed class NoEvents : IMachineEvents
    {
        public void Stopped()
        {
        }

        public void Resumed()
        {
        }

        public void Suspended()
        {
        }

        public void WokenUp()
        {
        }
    }
}
