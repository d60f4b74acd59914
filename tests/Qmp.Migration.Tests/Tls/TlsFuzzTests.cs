using Qmp.Tls;
using Qmp.Tls.Sessions;

namespace Qmp.Migration.Tests.Tls;

/// <summary>Records and handshakes that somebody has changed: refused, or as they were; never anything else.</summary>
[Category("Fuzz"), Category("Slow")]
[TestFixture]
internal sealed class TlsFuzzTests
{
    private const int InSession = 100;

    // A session ends with the first record that was changed: as many records are changed as there are sessions, or nearly.
    [TestCase("psk")]
    [TestCase("x509")]
    public void Changed_records_are_refused(string kind)
    {
        using var ends = new TlsEnds(kind);
        Fuzzing.Run(Fuzzing.Count(100, 50_000), number =>
        {
            Random random = Fuzzing.RandomOf(number);
            using TlsSession client = ends.Client();
            using TlsSession good = ends.Server();
            TlsEnds.Connect(client, good);
            Assert.That(Deliver(client, good, random), Is.LessThanOrEqualTo(InSession));
        });
    }

    [TestCase("psk")]
    [TestCase("x509")]
    public void Changed_handshakes_end(string kind)
    {
        using var ends = new TlsEnds(kind);
        Fuzzing.Run(Fuzzing.Count(150, 25_000), number =>
        {
            Random random = Fuzzing.RandomOf(number);
            using TlsSession client = ends.Client();
            using TlsSession server = ends.Server();
            try
            {
                int at = random.Next(4);
                for (int turn = 0; turn < 4; turn++)
                {
                    bool isDone = turn % 2 == 0 ? client.Handshake() : server.Handshake();
                    TlsSession from = turn % 2 == 0 ? client : server;
                    byte[] bytes = from.TakeOutput().ToArray();
                    if (turn == at) bytes = Change(bytes, random);
                    TlsEnds.Feed(from == client ? server : client, bytes);
                    if (isDone && turn == 3) break;
                }
            }
            catch (TlsException e)
            {
                Assert.That(e.Message, Does.StartWith("TLS handshake failed: "));
            }
        });
    }

    // Each record is changed or not; what comes out is a prefix of what went in.
    private static int Deliver(TlsSession client, TlsSession server, Random random)
    {
        byte[] target = new byte[64];
        for (int count = 0; count < InSession; count++)
        {
            byte[] sent = new byte[random.Next(1, 64)];
            random.NextBytes(sent);
            client.Encipher(sent);
            byte[] record = client.TakeOutput().ToArray();
            bool isChanged = random.Next(3) == 0;
            byte[] changed = isChanged ? Change(record, random) : record;
            TlsEnds.Feed(server, changed);
            try
            {
                int read = server.Decipher(target);
                if (read >= 0)
                {
                    // The version in a record's header means nothing since TLS 1.3, and may be another one.
                    Assert.That(target.AsSpan(0, read).SequenceEqual(sent));
                    continue;
                }

                // A record that became longer waits for more; nothing false came out.
                Assert.That(isChanged);
                return count;
            }
            catch (TlsException e)
            {
                Assert.That(isChanged, e.Message);
                Assert.That(() => server.Decipher(target), Throws.InstanceOf<TlsException>());
                return count;
            }
        }

        return InSession;
    }

    private static byte[] Change(byte[] bytes, Random random)
    {
        if (bytes.Length == 0) return [(byte)random.Next(256)];
        byte[] changed = (byte[])bytes.Clone();
        switch (random.Next(4))
        {
            case 0:
                return changed[..random.Next(changed.Length)];

            case 1:
                byte[] more = new byte[random.Next(1, 40)];
                random.NextBytes(more);
                return [.. more, .. changed];

            default:
                for (int times = random.Next(1, 4); times > 0; times--) changed[random.Next(changed.Length)] ^= (byte)random.Next(1, 256);
                return changed;
        }
    }
}
