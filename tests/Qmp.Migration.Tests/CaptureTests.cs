using Qmp.Machine;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests;

/// <summary>Streams that real QEMU wrote are read, and what is then written is what QEMU wrote.</summary>
[TestFixture, Parallelizable]
internal sealed class CaptureTests
{
    private const ulong RamSize = 64 << 20;

    private static readonly Guid Uuid = new("11223344-5566-7788-99aa-bbccddeeff00");

    [TestCase("a_none_exec", RunState.Running)]
    [TestCase("a4_none_ignore_shared", RunState.Running, MigrationCapability.XIgnoreShared)]
    [TestCase("a5_none_validate_uuid", RunState.Running, MigrationCapability.ValidateUuid)]
    [TestCase("a6_none_paused", RunState.Prelaunch)]
    [TestCase("a7_none_no_ram", RunState.Running)]
    [TestCase("b_none_rp.fwd", RunState.Running, MigrationCapability.ReturnPath)]
    [TestCase(
        "b2_none_rp_switchover_ack.fwd",
        RunState.Running,
        MigrationCapability.ReturnPath,
        MigrationCapability.SwitchoverAck)]
    public void Captured_stream_is_read_and_written_again(
        string name, RunState runState, params MigrationCapability[] capabilities)
    {
        byte[] captured = Capture.Read(name);
        bool returnPath = capabilities.Contains(MigrationCapability.ReturnPath);
        byte[] answers = returnPath ? Capture.Read(name.Replace("fwd", "back", StringComparison.Ordinal)) : [];
        bool ignoreShared = capabilities.Contains(MigrationCapability.XIgnoreShared);
        var timeline = new VirtualTimeline();

        var input = new ByteConnector(captured);
        using TestMachine machine = Create(timeline, input, name, ignoreShared).With(capabilities);
        timeline.Run(async () =>
        {
            machine.Listening("/unused");
            Assert.That(await Wait.EndAsync(machine, timeline), Is.EqualTo(MigrationStatus.Completed));
        });
        Assert.That(machine.Machine.RunState, Is.EqualTo(runState));
        if (returnPath) Assert.That(input.Written.ToArray(), Is.EqualTo(answers));

        // On from here: a fresh core on the same machine sends what the first one loaded.
        var output = new ByteConnector(answers);
        using TestMachine next = Create(timeline, output, name, ignoreShared, from: machine).With(capabilities);
        timeline.Run(async () =>
        {
            if (runState == RunState.Running) next.Running();
            next.Core.Migrate(new MigrationRequest(TestMachine.Unix("/unused")));
            Assert.That(await Wait.EndAsync(next, timeline), Is.EqualTo(MigrationStatus.Completed));
        });
        Assert.That(
            StreamText.Of(output.Written.ToArray(), ignoreShared), Is.EqualTo(StreamText.Of(captured, ignoreShared)));
        Assert.That(
            StreamText.DescriptionOf(output.Written.ToArray()), Is.EqualTo(StreamText.DescriptionOf(captured)));
        Assert.That(next.Core.Query().Ram!.Transferred, Is.EqualTo(output.Written.Length));
    }

    private static TestMachine Create(
        Timeline timeline, ByteConnector transport, string name, bool shared, TestMachine? from = null) =>
        new(
            timeline,
            transport,
            name,
            identity: new MachineIdentity("none", Uuid: name.StartsWith("a5", StringComparison.Ordinal) ? Uuid : null),
            memory: memory =>
            {
                if (name.StartsWith("a7", StringComparison.Ordinal)) return;
                memory.Map(Block(shared), 0);
                if (from is null) return;
                byte[] ram = from.Ram();
                for (ulong offset = 0; offset < RamSize; offset += RamBlock.PageSize)
                {
                    ReadOnlySpan<byte> page = ram.AsSpan((int)offset, RamBlock.PageSize);
                    if (page.ContainsAnyExcept((byte)0)) memory.Load(offset, page);
                }
            });

    private static RamBlock Block(bool shared)
    {
        if (!shared) return RamBlock.Anonymous("ram", RamSize);
        string path = Path.GetTempFileName();
        var file = File.OpenHandle(
            path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, FileOptions.DeleteOnClose);
        RandomAccess.SetLength(file, (long)RamSize);
        return RamBlock.FromFile("ram", RamSize, file, shared: true, preallocate: false);
    }
}
