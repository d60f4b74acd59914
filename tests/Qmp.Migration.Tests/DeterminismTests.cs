using System.Numerics;
using System.Runtime.InteropServices;
using Qmp.Devices.Workload;
using Qmp.Machine.Time;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests;

/// <summary>On virtual time, the same inputs give the same transcript, byte for byte.</summary>
[TestFixture, Parallelizable]
internal sealed class DeterminismTests
{
    private static readonly byte[] Memory = RandomMemory();

    [Test]
    public void A_few_runs_have_one_transcript() => CheckRuns(10);

    [Test]
    [Category("Slow")]
    public void A_thousand_runs_have_one_transcript() => CheckRuns(1000);

    private static void CheckRuns(int runs)
    {
        string first = Scenario();
        Assert.That(first, Does.Contain("MIGRATION completed"));
        for (int run = 1; run < runs; run++)
        {
            string next = Scenario();
            if (next != first) Assert.That(next, Is.EqualTo(first), $"run {run}");
        }
    }

    // 16 MiB of RAM over a link of 4 MB/s, a guest that dirties 1.2 MB/s, and a destination that acknowledges the
    // switchover after 2 s. The transcript: events with their stamps, query-migrate every 100 ms, a hash of the wire.
    private static string Scenario()
    {
        var transcript = new List<string>();
        uint forward = 0;
        uint backward = 0;
        var timeline = new VirtualTimeline();
        var network = new VirtualNetwork(timeline)
        {
            Link = new LinkSettings { Bandwidth = 4_000_000, Latency = TimeSpan.FromMicroseconds(200) },
            ForwardTap = bytes => forward = Hash(forward, bytes.Span),
            BackwardTap = bytes => backward = Hash(backward, bytes.Span),
        };
        var workload = new WorkloadSettings { Rate = 1_200_000, WorkingSet = 2 << 20 };
        using var source = new TestMachine(timeline, network, "src", transcript: transcript, workload: workload);
        using var destination = new TestMachine(timeline, network, "dst", transcript: transcript, workload: workload);
        MigrationCapability[] capabilities =
            [MigrationCapability.Events, MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck];
        for (int offset = 0; offset < Memory.Length; offset += 1 << 16)
        {
            source.Machine.Memory.Load((ulong)offset, Memory.AsSpan(offset, 1 << 16));
        }

        timeline.Run(async () =>
        {
            foreach (TestMachine machine in new[] { source, destination })
            {
                machine.Core.Entries.Add(new AckDevice(TimeSpan.FromSeconds(2)));
                machine.With(capabilities);
            }

            destination.Listening("/mig");
            source.Running();
            source.Core.Migrate(new MigrationRequest(TestMachine.Unix("/mig")));
            Waker sample = timeline.CreateWaker();
            while (source.Status is not (MigrationStatus.Completed or MigrationStatus.Failed))
            {
                transcript.Add($"{timeline.Elapsed} {source.Core.Query()}");
                await sample.WaitAsync(TimeSpan.FromMilliseconds(100));
            }

            await Wait.EndAsync(destination, timeline);
            await destination.Machine.StopAsync(RunState.Paused);
            transcript.Add($"{timeline.Elapsed} {source.Core.Query()}");
        });
        transcript.Add($"wire {forward:x} {backward:x}");
        transcript.Add($"guest {destination.Guest!.Verify() ?? "intact"} after {destination.Guest.Writes} writes");
        return string.Join('\n', transcript);
    }

    // The check sum of what a segment holds and of how long it is.
    private static uint Hash(uint hash, ReadOnlySpan<byte> bytes)
    {
        hash = BitOperations.Crc32C(hash, (ulong)bytes.Length);
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes)) hash = BitOperations.Crc32C(hash, word);
        foreach (byte rest in bytes[(bytes.Length & ~7)..]) hash = BitOperations.Crc32C(hash, rest);
        return hash;
    }

    private static byte[] RandomMemory()
    {
        byte[] memory = new byte[16 << 20];
        new Random(7).NextBytes(memory);
        return memory;
    }
}
