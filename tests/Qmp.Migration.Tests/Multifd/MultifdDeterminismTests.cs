using System.Numerics;
using Qmp.Devices.Workload;
using Qmp.Machine.Time;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Multifd;

/// <summary>On virtual time several channels give the same transcript each time, byte for byte.</summary>
[TestFixture, Parallelizable]
internal sealed class MultifdDeterminismTests
{
    private const int Runs = 50;

    [Test]
    public void Many_runs_have_one_transcript([Values(MultiFDCompression.None, MultiFDCompression.Zlib)] MultiFDCompression compression)
    {
        string first = Scenario(compression);
        Assert.That(first, Does.Contain("MIGRATION completed"));
        for (int run = 1; run < Runs; run++)
        {
            string next = Scenario(compression);
            if (next != first) Assert.That(next, Is.EqualTo(first), $"run {run}");
        }
    }

    private static string Scenario(MultiFDCompression compression)
    {
        var transcript = new List<string>();
        uint wire = 0;
        var workload = new WorkloadSettings { Rate = 300_000, WorkingSet = 512 << 10 };
        using var pair = new MigrationPair(
            [MigrationCapability.Multifd, MigrationCapability.ReturnPath, MigrationCapability.Events],
            new MigrateSetParameters { MultifdChannels = 4, MultifdCompression = compression },
            ram: 2 << 20,
            workload: workload,
            transcript: transcript);
        pair.Network.Link = new LinkSettings { Bandwidth = 1_000_000, Latency = TimeSpan.FromMicroseconds(200) };
        pair.Network.ForwardTap = bytes => wire = Hash(wire, bytes.Span);
        pair.Network.BackwardTap = bytes => wire = Hash(wire, bytes.Span);
        pair.Fill();
        pair.Migrate(async () =>
        {
            Waker sample = pair.Timeline.CreateWaker();
            while (pair.Source.Status is not (MigrationStatus.Completed or MigrationStatus.Failed))
            {
                transcript.Add($"{pair.Timeline.Elapsed} {pair.Source.Core.Query()}");
                await sample.WaitAsync(TimeSpan.FromMilliseconds(100));
            }
        });
        pair.CheckMoved();
        transcript.Add($"{pair.Timeline.Elapsed} {pair.Source.Core.Query()} wire {wire:x}");
        return string.Join('\n', transcript);
    }

    private static uint Hash(uint hash, ReadOnlySpan<byte> bytes)
    {
        hash = BitOperations.Crc32C(hash, (ulong)bytes.Length);
        foreach (byte b in bytes) hash = BitOperations.Crc32C(hash, b);
        return hash;
    }
}
