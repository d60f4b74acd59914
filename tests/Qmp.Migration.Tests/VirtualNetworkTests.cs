using System.Runtime.InteropServices;
using Qmp.Linux;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Support;

namespace Qmp.Migration.Tests;

/// <summary>Links between machines in memory.</summary>
[TestFixture]
internal sealed class VirtualNetworkTests
{
    private const int Length = 1_000_000;

    [TestCase(1, 1000)]
    [TestCase(2, 2000)]
    [TestCase(4, 4000)]
    public void Connections_to_one_machine_share_the_bandwidth(int connections, long milliseconds)
    {
        var timeline = new VirtualTimeline();
        var network = new VirtualNetwork(timeline) { Link = new LinkSettings { Bandwidth = Length } };
        timeline.Run(async () =>
        {
            using IMigrationListener listener = network.Listen(TestMachine.Unix("/there"), () => { });
            var receiving = new List<Activity>();
            for (int i = 0; i < connections; i++)
            {
                IMigrationChannel source = await network.ConnectAsync(TestMachine.Unix("/there"), default);
                IMigrationChannel destination = (await listener.AcceptAsync())!;
                timeline.Start($"send {i}", () => SendAsync(source));
                receiving.Add(timeline.Start($"receive {i}", () => ReceiveAsync(destination)));
            }

            foreach (Activity activity in receiving) await activity.JoinAsync();
        });
        Assert.That(timeline.NowMilliseconds, Is.EqualTo(milliseconds).Within(1));
    }

    private static async ValueTask SendAsync(IMigrationChannel channel)
    {
        byte[] data = GC.AllocateUninitializedArray<byte>(Length, pinned: true);
        await channel.WriteAsync(new[] { new IoVector(Marshal.UnsafeAddrOfPinnedArrayElement(data, 0), Length) });
        GC.KeepAlive(data); // the piece is an address, which keeps nothing
        channel.Dispose();
    }

    private static async ValueTask ReceiveAsync(IMigrationChannel channel)
    {
        byte[] buffer = new byte[1 << 16];
        int received = 0;
        while (await channel.ReadAsync(buffer) is var count and > 0) received += count;
        Assert.That(received, Is.EqualTo(Length));
    }
}
