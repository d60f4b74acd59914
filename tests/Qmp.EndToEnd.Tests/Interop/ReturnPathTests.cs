using Qmp.EndToEnd.Tests.Interop.Scripted;
using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>What sources do with messages of the return path: QEMU and qmpd alike, and the guest runs on.</summary>
[Category("Slow")]
[TestFixture]
internal sealed class ReturnPathTests
{
    private TemporaryFolder _folder = null!;
    private ScriptedDestination _destination = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _destination = new ScriptedDestination(_folder.File("stream"));
    }

    [TearDown]
    public void TearDown()
    {
        _destination.Dispose();
        _folder.Dispose();
    }

    [TestCase("00090000", "Received invalid message 0x0009 length 0x0000")]
    [TestCase("000200020000", "Received 'PONG' message (0x0002) withincorrect length 2 expecting 4")]
    [TestCase("00070001ff", "Received 'SWITCHOVER_ACK' message (0x0007) withincorrect length 1 expecting 0")]
    [TestCase("0001000400000001", "Sibling indicated error 1")]
    [TestCase("0001000400000007", "Sibling indicated error 7")]
    [TestCase("0006000400000002", "illegal resume_ack value 2")]
    [TestCase("0004000c000000000000000000001000", "MIG_RP_MSG_REQ_PAGES has no previous block")]
    public async Task Nonsense_fails_the_migration(string message, string error)
    {
        await CheckAsync(EmulatorKind.Qmpd);
        Requirement.Check(EmulatorKind.Qemu);
        TearDown();
        SetUp();
        await CheckAsync(EmulatorKind.Qemu);

        async Task CheckAsync(EmulatorKind kind)
        {
            await using EmulatorProcess source = await MigrateAsync(kind);
            await _destination.Opened.WaitAsync(EventLog.Patience);

            // QEMU has been seen to crash when its return path failed before it had set up.
            if (kind == EmulatorKind.Qemu) await source.Events.WhenAsync(MigrationStatus.Active);
            _destination.SendBytes(Convert.FromHexString(message));
            await ExpectFailureAsync(source, error);
        }
    }

    [Test]
    public async Task Hanging_up_without_a_word_fails_the_migration([Values] EmulatorKind kind)
    {
        Requirement.Check(kind);
        await using EmulatorProcess source = await MigrateAsync(kind);
        await _destination.Loaded.WaitAsync(EventLog.Patience);
        await source.Events.WhenAsync(MigrationStatus.Device);
        Assert.That((await source.QueryMigrateAsync()).Status, Is.EqualTo(MigrationStatus.Device));
        _destination.Close();
        await ExpectFailureAsync(source, "Channel error: Input/output error");
    }

    [Test]
    public async Task Early_end_of_the_return_path_is_harmless([Values] EmulatorKind kind)
    {
        Requirement.Check(kind);
        await using EmulatorProcess source = await MigrateAsync(kind);
        await _destination.Opened.WaitAsync(EventLog.Patience);
        _destination.Shut(0);
        await source.Events.WhenAsync(MigrationStatus.Completed);
        await _destination.Loaded.WaitAsync(EventLog.Patience);
        byte[] memory = await source.ReadMemoryAsync();
        MemoryImage.Compare("what was sent", memory, _destination.Memory);
    }

    [Test]
    public async Task Answers_that_nobody_asked_for_are_harmless([Values] EmulatorKind kind)
    {
        Requirement.Check(kind);
        await using EmulatorProcess source = await MigrateAsync(kind);
        await _destination.Opened.WaitAsync(EventLog.Patience);
        _destination.Send(2, 1, 2, 3, 4);
        _destination.Acknowledge();
        _destination.Acknowledge();
        _destination.Send(6, 0, 0, 0, 1);
        await _destination.Loaded.WaitAsync(EventLog.Patience);
        _destination.Shut(0);
        await source.Events.WhenAsync(MigrationStatus.Completed);
        Assert.That(_destination.Commands, Is.EqualTo(new ushort[] { 1, 2, 11 }));
    }

    private async Task<EmulatorProcess> MigrateAsync(EmulatorKind kind)
    {
        await File.WriteAllBytesAsync(_folder.File("image"), MemoryImage.Create(seed: 4));
        EmulatorProcess source = await EmulatorProcess.StartAsync(
            kind, "src", _folder, "-device", $"loader,file={_folder.File("image")},addr=0,force-raw=on");
        await source.SwitchOnAsync(MigrationCapability.ReturnPath);
        await source.Migration.MigrateAsync(new() { Uri = _destination.Uri });
        return source;
    }

    private static async Task ExpectFailureAsync(EmulatorProcess source, string error)
    {
        await source.Events.WhenEndedAsync();
        MigrationInfo info = await source.QueryMigrateAsync();
        Assert.That((info.Status, info.ErrorDesc), Is.EqualTo((MigrationStatus.Failed, error)), source.ToString());
        Assert.That(await source.QuerySettledRunStateAsync(), Is.EqualTo(RunState.Running), source.ToString());
    }
}
