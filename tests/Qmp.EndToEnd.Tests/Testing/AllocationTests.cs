using System.Net.Sockets;
using System.Text;
using Qmp.Testing;

namespace Qmp.EndToEnd.Tests.Testing;

/// <summary>What a request to a whole machine allocates, from its bytes on the socket to those of the reply.</summary>
/// <remarks>The bytes of the whole process are counted, so no other test may run at the same time.</remarks>
[TestFixture]
[NonParallelizable]
internal sealed class AllocationTests
{
    private const int Warmup = 500;
    private const int Rounds = 5;
    private const int RequestsPerRound = 1000;

    private const string ThreeCapabilities =
        "{'execute': 'migrate-set-capabilities', 'arguments': {'capabilities': ["
        + "{'capability': 'events', 'state': true}, {'capability': 'return-path', 'state': true}, "
        + "{'capability': 'auto-converge', 'state': true}]}}";

    [TestCase("{'execute': 'query-status', 'id': 1}", 512)]
    [TestCase("{'execute': 'query-status', 'arguments': {}}", 512)]
    [TestCase(ThreeCapabilities, 1024)]
    public async Task A_request_allocates_less_than(string request, int limit)
    {
        string folder = Directory.CreateTempSubdirectory("qmp-allocation-").FullName;
        try
        {
            string path = Path.Combine(folder, "qmp");
            await using TestVm vm = await TestVm.StartAsync("-M", "none", "-qmp", $"unix:{path},server=on,wait=off");
            using var client = new LineClient(path);
            client.Ask("{'execute': 'qmp_capabilities'}");
            Repeat(client, request, Warmup);

            // The runtime's own threads may allocate at any time: the best round is what the requests take.
            long least = long.MaxValue;
            for (int round = 0; round < Rounds; round++)
            {
                long before = GC.GetTotalAllocatedBytes(precise: true);
                Repeat(client, request, RequestsPerRound);
                least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / RequestsPerRound);
            }

            TestContext.Out.WriteLine($"{least} bytes a request");
            Assert.That(least, Is.LessThan(limit));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Repeat(LineClient client, string request, int times)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(request);
        for (int i = 0; i < times; i++) client.Ask(bytes);
    }

    /// <summary>Sends a request and waits for the line of its reply, without allocating.</summary>
    private sealed class LineClient : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        private readonly byte[] _buffer = new byte[4096];

        public LineClient(string path)
        {
            _socket.Connect(new UnixDomainSocketEndPoint(path));
            ReadLine();
        }

        public void Ask(string request) => Ask(Encoding.ASCII.GetBytes(request));

        public void Ask(byte[] request)
        {
            _socket.Send(request);
            if (!ReadLine().StartsWith("{\"return\""u8)) throw new IOException("The server refused the request");
        }

        public void Dispose() => _socket.Dispose();

        private ReadOnlySpan<byte> ReadLine()
        {
            int length = 0;
            while (length == 0 || _buffer[length - 1] != '\n')
            {
                int count = _socket.Receive(_buffer, length, _buffer.Length - length, SocketFlags.None);
                if (count == 0) throw new EndOfStreamException("The server closed the connection");
                length += count;
            }

            return _buffer.AsSpan(0, length);
        }
    }
}
