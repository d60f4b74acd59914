using Qmp.Devices.Vfio;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Posix;
using Qmp.Migration.Status;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests;

/// <summary>What <c>migrate</c> looks at before it begins; the texts are QEMU's.</summary>
[TestFixture]
internal sealed class PreconditionTests
{
    private VirtualTimeline _timeline = null!;
    private TestMachine _machine = null!;

    [SetUp]
    public void SetUp()
    {
        _timeline = new VirtualTimeline();
        _machine = new TestMachine(_timeline, new PosixConnector(new NoDescriptors()), "m", 1 << 20);
    }

    [TearDown]
    public void TearDown() => _machine.Dispose();

    [TestCase("tcp:127.0.0.1:1", "Migration requires seekable transport (e.g. file)", MigrationCapability.MappedRam)]
    [TestCase("exec:true", "Migration requires multi-channel URIs (e.g. tcp)", MigrationCapability.Multifd)]
    [TestCase("fd:3", "Migration requires multi-channel URIs (e.g. tcp)", MigrationCapability.Multifd)]
    [TestCase("file:x", "Migration requires multi-channel URIs (e.g. tcp)", MigrationCapability.Multifd)]
    [TestCase(
        "exec:true",
        "Migration requires multi-channel URIs (e.g. tcp)",
        MigrationCapability.PostcopyRam,
        MigrationCapability.PostcopyPreempt)]
    [TestCase(
        "unix:x",
        "QEMU compiled without replication module can't enable COLO",
        MigrationCapability.ReturnPath,
        MigrationCapability.XColo)]
    public void Capabilities_must_fit_the_transport_and_be_built(
        string uri, string error, params MigrationCapability[] capabilities)
    {
        _machine.With(capabilities);
        Refused(new MigrationRequest(MigrationUri.Parse(uri)), error);
        _machine.Core.AwaitsIncoming = true;
        Assert.That(
            () => _machine.Core.MigrateIncoming(MigrationUri.Parse(uri)),
            Throws.TypeOf<MigrationException>().With.Message.EqualTo(error));
    }

    [TestCase(MigMode.CprTransfer, "file:x", "Migration requires streamable transport (eg unix)")]
    [TestCase(MigMode.CprTransfer, "unix:x", "missing 'cpr' migration channel")]
    [TestCase(MigMode.CprReboot, "unix:x", "Cannot use postcopy with CPR", MigrationCapability.DirtyBitmaps)]
    [TestCase(MigMode.CprReboot, "unix:x", "Cannot use COLO with CPR", MigrationCapability.XColo)]
    [TestCase(
        MigMode.CprReboot, "unix:x", "Cannot use background snapshot with CPR", MigrationCapability.BackgroundSnapshot)]
    public void Modes_have_conditions_of_their_own(
        MigMode mode, string uri, string error, params MigrationCapability[] capabilities)
    {
        _machine.With(capabilities);
        _machine.Core.Options.SetParameters(new MigrateSetParameters { Mode = mode });
        Refused(new MigrationRequest(MigrationUri.Parse(uri)), error);
    }

    [TestCase(MigrationCapability.PostcopyRam, "v0: VFIO migration is not supported with postcopy migration")]
    [TestCase(MigrationCapability.BackgroundSnapshot, "v0: VFIO migration is not supported with background snapshot")]
    public void A_device_of_VFIO_refuses_what_QEMUs_refuses(MigrationCapability capability, string error)
    {
        _machine.Add(new VfioSettings { Id = "v0" });
        _machine.With(capability);
        Refused(new MigrationRequest(TestMachine.Unix("x")), error);
        Assert.That(_machine.Status, Is.EqualTo(MigrationStatus.None));
    }

    [Test]
    public void Nothing_is_paused_that_could_be_resumed() => Refused(
        new MigrationRequest(TestMachine.Unix("x"), Resume: true), "Cannot resume if there is no paused migration");

    [Test]
    public void Mapped_ram_is_neither_encrypted_nor_compressed()
    {
        _machine.Core.Options.SetParameters(new MigrateSetParameters { MultifdCompression = MultiFDCompression.Zlib });
        _machine.With(MigrationCapability.MappedRam, MigrationCapability.Multifd);
        Refused(new MigrationRequest(MigrationUri.Parse("file:x")), "Cannot use compression with mapped-ram");
        _machine.Without(MigrationCapability.MappedRam, MigrationCapability.Multifd);
        _machine.Core.Options.SetParameters(new MigrateSetParameters { TlsCreds = new StrOrNull.S("c") });
        _machine.With(MigrationCapability.MappedRam);
        Refused(new MigrationRequest(MigrationUri.Parse("file:x")), "Cannot use TLS with mapped-ram");
    }

    [Test]
    public void A_blocker_refuses_until_it_is_removed_and_is_shown()
    {
        _machine.Core.Blockers.Add("first");
        _machine.Core.Blockers.Add("second");
        string[] both = ["first", "second"];
        Assert.That(_machine.Core.Query().BlockedReasons, Is.EqualTo(both));
        Refused(new MigrationRequest(TestMachine.Unix("x")), "second");
        _machine.Core.Blockers.Remove("second");
        Refused(new MigrationRequest(TestMachine.Unix("x")), "first");
        _machine.Core.Blockers.Remove("first");
        Assert.That(_machine.Core.Query().BlockedReasons, Is.Null);
        _timeline.Run(async () =>
        {
            _machine.Core.Migrate(new MigrationRequest(TestMachine.Unix("x")));
            await Wait.EndAsync(_machine, _timeline);
        });
        Assert.That(_machine.Status, Is.EqualTo(MigrationStatus.Failed), "there is nobody, but it was tried");
    }

    [Test]
    public void Only_migratable_allows_no_blocker()
    {
        _machine.Core.Blockers.OnlyMigratable = true;
        Assert.That(
            () => _machine.Core.Blockers.Add("reason"),
            Throws.TypeOf<MigrationException>().With.Message
                .EqualTo("disallowing migration blocker (--only-migratable) for: reason"));
        Assert.That(_machine.Core.Blockers.Reasons, Is.Empty);
    }

    private void Refused(MigrationRequest request, string error)
    {
        Assert.That(
            () => _machine.Core.Migrate(request), Throws.TypeOf<MigrationException>().With.Message.EqualTo(error));
        Assert.That(_machine.Status, Is.EqualTo(MigrationStatus.None));
    }
}
