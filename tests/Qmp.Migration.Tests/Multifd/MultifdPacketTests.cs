using System.Buffers.Binary;
using Qmp.Migration.Multifd.Packets;
using Qmp.Migration.Status;

namespace Qmp.Migration.Tests.Multifd;

/// <summary>The bytes of packets and greetings; the texts are QEMU's.</summary>
[TestFixture]
internal sealed class MultifdPacketTests
{
    private static readonly Guid Uuid = new("00112233-4455-6677-8899-aabbccddeeff");

    [Test]
    public void Greeting_is_as_qemu_sends_it()
    {
        byte[] expected =
        [
            0x11, 0x22, 0x33, 0x44, 0, 0, 0, 1,
            0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
            7, .. new byte[39],
        ];
        Assert.That(MultifdGreeting.Write(Uuid, 7), Is.EqualTo(expected));
        Assert.That(MultifdGreeting.Read(expected, Uuid, 8), Is.EqualTo(7));
    }

    [Test]
    public void Greeting_comes_back_as_it_was_sent([Values(0, 1, 127, 254)] int number, [Values] bool hasUuid)
    {
        Guid? uuid = hasUuid ? Uuid : null;
        Assert.That(MultifdGreeting.Read(MultifdGreeting.Write(uuid, number), uuid, 255), Is.EqualTo(number));
    }

    [TestCase(0, 0x5145564du, "multifd: received packet magic 5145564d expected 11223344")]
    [TestCase(4, 2u, "multifd: received packet version 2 expected 1")]
    [TestCase(
        8,
        0xffffffffu,
        "multifd: received uuid 'ffffffff-4455-6677-8899-aabbccddeeff' and expected uuid "
        + "'00112233-4455-6677-8899-aabbccddeeff' for channel 3")]
    [TestCase(24, 0x04000000u, "multifd: received channel id 4 is greater than number of channels 4")]
    [TestCase(24, 0xff000000u, "multifd: received channel id 255 is greater than number of channels 4")]
    public void Greeting_is_refused(int at, uint value, string reason)
    {
        byte[] bytes = MultifdGreeting.Write(Uuid, 3);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), value);
        Refused(() => MultifdGreeting.Read(bytes, Uuid, 4), reason);
    }

    [Test]
    public void Packet_comes_back_as_it_was_sent([Values(0, 1, 127, 128)] int normal, [Values(0, 1, 64)] int zero)
    {
        if (normal + zero > MultifdPacket.MaxPages) return;
        var random = new Random(normal + zero);
        var sent = new MultifdPacket
        {
            Flags = MultifdFlags.Zstd | MultifdFlags.Sync,
            Room = MultifdPacket.MaxPages,
            NormalPages = normal,
            ZeroPages = zero,
            DataLength = 0xfedcba98,
            Number = 0x123456789abcdef0,
            Block = normal + zero > 0 ? "/rom@etc/acpi/tables" : "",
        };
        for (int i = 0; i < normal + zero; i++) sent.Offsets[i] = (ulong)random.NextInt64();
        byte[] bytes = new byte[MultifdPacket.Length];
        Array.Fill(bytes, (byte)0xaa);
        sent.Write(bytes);
        Assert.That(bytes, Has.Length.EqualTo(1344));
        Assert.That(bytes.AsSpan(36, 28).ContainsAnyExcept((byte)0), Is.False, "what is not used");
        Assert.That(bytes.AsSpan(320 + (8 * (normal + zero))).ContainsAnyExcept((byte)0), Is.False, "what is not used");
        var read = new MultifdPacket();
        read.Read(bytes);
        Assert.That(
            (read.Flags, read.Room, read.NormalPages, read.ZeroPages, read.DataLength, read.Number, read.Block),
            Is.EqualTo((sent.Flags, sent.Room, normal, zero, sent.DataLength, sent.Number, sent.Block)));
        Assert.That(read.Offsets, Is.EqualTo(sent.Offsets));
    }

    [TestCase(0, 0x11223345u, "multifd: received packet magic 11223345, expected 11223344")]
    [TestCase(4, 0u, "multifd: received packet version 0, expected 1")]
    [TestCase(12, 129u, "multifd: received packet with 129 pages, expected 128")]
    [TestCase(12, 0xffffffffu, "multifd: received packet with 4294967295 pages, expected 128")]
    [TestCase(16, 129u, "multifd: received packet with 129 non-zero pages, which exceeds maximum expected pages 128")]
    [TestCase(16, 0xffffffffu, "multifd: received packet with 4294967295 non-zero pages, which exceeds maximum expected pages 128")]
    [TestCase(32, 126u, "multifd: received packet with 126 zero pages, expected maximum 125")]
    [TestCase(32, 0xfffffffeu, "multifd: received packet with 4294967294 zero pages, expected maximum 125")]
    public void Packet_is_refused(int at, uint value, string reason)
    {
        byte[] bytes = new byte[MultifdPacket.Length];
        new MultifdPacket { Room = 128, NormalPages = 3, ZeroPages = 4, Block = "ram" }.Write(bytes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), value);
        Refused(() => new MultifdPacket().Read(bytes), reason);
    }

    [Test]
    public void Name_of_a_block_ends_in_its_field()
    {
        byte[] bytes = new byte[MultifdPacket.Length];
        new MultifdPacket { Room = 1, NormalPages = 1 }.Write(bytes);
        bytes.AsSpan(64, 256).Fill((byte)'x');
        var packet = new MultifdPacket();
        packet.Read(bytes);
        Assert.That(packet.Block, Is.EqualTo(new string('x', 255)));
    }

    private static void Refused(Action read, string reason)
    {
        LoadException refusal = Assert.Throws<LoadException>(read)!;
        Assert.That(refusal.Reasons, Is.EqualTo(new[] { reason }));
        Assert.That(refusal.Errno, Is.EqualTo(Errno.Invalid));
    }
}
