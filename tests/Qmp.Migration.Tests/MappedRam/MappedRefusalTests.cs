using System.Buffers.Binary;
using Qmp.Migration.Tests.Support;

namespace Qmp.Migration.Tests.MappedRam;

/// <summary>Files that are not as they should be; the texts are QEMU's.</summary>
[TestFixture]
internal sealed class MappedRefusalTests
{
    private const int HeaderAt = 0x65;
    private const int PagesAt = 1 << 20;
    private const int Pages = 32;
    private const int EndOfSectionAt = PagesAt + (Pages * 4096);

    private MappedMachines _machines = null!;
    private byte[] _file = [];

    [SetUp]
    public void SetUp()
    {
        _machines = new MappedMachines();
        TestMachine source = _machines.Create(0, Pages * 4096);
        MappedMachines.Fill(source, 1);
        _machines.Save(source);
        _file = File.ReadAllBytes(_machines.FileOf());
    }

    [TearDown]
    public void TearDown() => _machines.Dispose();

    [Test]
    public void Header_is_where_it_is_looked_for()
    {
        Assert.That(BinaryPrimitives.ReadUInt32BigEndian(_file.AsSpan(HeaderAt)), Is.EqualTo(1));
        Assert.That(BinaryPrimitives.ReadUInt64BigEndian(_file.AsSpan(HeaderAt + 4)), Is.EqualTo(4096));
        Assert.That(BinaryPrimitives.ReadUInt64BigEndian(_file.AsSpan(HeaderAt + 12)), Is.EqualTo(HeaderAt + 28));
        Assert.That(BinaryPrimitives.ReadUInt64BigEndian(_file.AsSpan(HeaderAt + 20)), Is.EqualTo(PagesAt));
        Assert.That(BinaryPrimitives.ReadUInt64BigEndian(_file.AsSpan(EndOfSectionAt)), Is.EqualTo(0x10));
        Refused("");
    }

    [TestCase(2u, "Migration mapped-ram capability version not supported (expected <= 1, got 2)")]
    [TestCase(uint.MaxValue, "Migration mapped-ram capability version not supported (expected <= 1, got 4294967295)")]
    public void Version(uint value, string reason)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_file.AsSpan(HeaderAt), value);
        Refused(reason);
    }

    [TestCase(4, 8192ul, "Error reading ramblock ram pages, header makes no sense")]
    [TestCase(4, 0ul, "Error reading ramblock ram pages, header makes no sense")]
    [TestCase(12, 0x7000000000ul, "Error reading dirty bitmap")]
    [TestCase(12, ulong.MaxValue, "Error reading ramblock ram pages, header makes no sense")]
    [TestCase(20, (ulong)PagesAt + 1, "Error reading ramblock ram pages, region has bad alignment")]
    [TestCase(20, ulong.MaxValue - 4095, "Error reading ramblock ram pages, header makes no sense")]
    [TestCase(20, 0x7000000000ul, "(ram) failed to read page 0from file offset 7000000000: ")]
    public void Header(int at, ulong value, string reason)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_file.AsSpan(HeaderAt + at), value);
        Refused(reason);
    }

    [TestCase(HeaderAt + 11, "Could not read whole mapped-ram migration header (expected 28, got 11 bytes)")]
    [TestCase(HeaderAt + 28, "Error reading dirty bitmap")]
    [TestCase(HeaderAt + 28 + 7, "Error reading dirty bitmap")]
    [TestCase(PagesAt, "(ram) failed to read page 0from file offset 100000: ")]
    public void Too_short(int length, string reason)
    {
        _file = _file[..length];
        Refused(reason);
    }

    [TestCase(0x08u, "Unexpected RAM flags: 8")]
    [TestCase(0x02u, "Unexpected RAM flags: 2")]
    [TestCase(0x28u, "Unexpected RAM flags: 8")]
    [TestCase(0x40u, "Unexpected RAM flags: 64")]
    [TestCase(0x80u, "Unexpected RAM flags: 128")]
    [TestCase(0x200u, "Unexpected RAM flags: 512")]
    [TestCase(0x100u, "Unknown combination of migration flags: 0x100")]
    public void Page_in_the_stream(uint flags, string reason)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_file.AsSpan(EndOfSectionAt), flags);
        Refused(reason);
    }

    [Test]
    public void A_file_without_places_is_no_such_file()
    {
        TestMachine source = _machines.Create(0, Pages * 4096);
        source.Without(Qmp.Types.MigrationCapability.MappedRam);
        _machines.Save(source);
        _file = File.ReadAllBytes(_machines.FileOf());
        TestMachine machine = _machines.Create(0, Pages * 4096);
        Assert.That(_machines.Load(machine), Does.StartWith("load of migration failed: "));
    }

    // Empty for none. Read by one or by several, it is the same.
    private void Refused(string reason)
    {
        File.WriteAllBytes(_machines.FileOf("bad"), _file);
        foreach (int channels in new[] { 0, 2 })
        {
            TestMachine machine = _machines.Create(channels, Pages * 4096);
            string? error = _machines.Load(machine, _machines.FileOf("bad"));
            if (reason.Length == 0)
            {
                Assert.That(error, Is.Null);
                continue;
            }

            Assert.That(error, Does.StartWith("load of migration failed: "));
            Assert.That(_machines.Log.Warnings, Does.Contain(reason), $"{channels} channels");
            Assert.That(machine.Machine.IsRunning, Is.False);
        }
    }
}
