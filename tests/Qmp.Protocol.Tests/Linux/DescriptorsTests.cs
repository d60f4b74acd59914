using System.Globalization;
using Qmp.Linux;
using Qmp.Protocol.Tests.Support;

namespace Qmp.Protocol.Tests.Linux;

/// <summary>Waiting for descriptors, and the event that ends a wait.</summary>
internal sealed class DescriptorsTests
{
    [Test]
    public void An_event_stays_set_until_it_is_reset()
    {
        using var wake = new WakeEvent();
        Assert.That(IsSet(wake), Is.False);
        wake.Set();
        wake.Set();
        Assert.That(IsSet(wake), Is.True);
        Assert.That(IsSet(wake), Is.True);
        wake.Reset();
        Assert.That(IsSet(wake), Is.False);
        wake.Reset();
        Assert.That(IsSet(wake), Is.False);
    }

    [Test]
    public void After_disposal_nobody_can_wait_and_setting_is_harmless()
    {
        var wake = new WakeEvent();
        wake.Dispose();
        wake.Set();
        Assert.That(() => IsSet(wake), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public async Task An_event_ends_a_wait_for_a_descriptor()
    {
        using var wake = new WakeEvent();
        (DescriptorHandle reading, DescriptorHandle writing) = Files.MakePipe();
        using (reading)
        using (writing)
        {
            Task<bool> waiting = Task.Run(() =>
            {
                Descriptors.Wait(reading, PollEvents.Readable, wake, out bool woken);
                return woken;
            });
            wake.Set();
            Assert.That(await waiting.WaitAsync(TestClient.Patience), Is.True);
            Files.Write(writing, "x"u8);
            Assert.That(
                Descriptors.Wait(reading, PollEvents.Readable, wake, out bool still), Is.EqualTo(PollEvents.Readable));
            Assert.That(still, Is.True);
        }
    }

    [Test]
    public void Of_several_descriptors_each_gets_its_turn()
    {
        using var wake = new WakeEvent();
        (DescriptorHandle one, DescriptorHandle other) = Sockets.Pair();
        using (one)
        using (other)
        {
            DescriptorHandle[] both = [one, other];
            Assert.That(Descriptors.WaitAny(both, PollEvents.Writable, wake), Is.Zero);
            Assert.That(Descriptors.WaitAny(both, PollEvents.Writable, wake, 1), Is.EqualTo(1));
            Assert.That(Descriptors.WaitAny(both, PollEvents.Writable, wake, 2), Is.Zero);
            wake.Set();
            Assert.That(Descriptors.WaitAny(both, PollEvents.Readable, wake), Is.EqualTo(-1));
        }
    }

    [Test]
    public void A_pipe_tells_that_its_other_end_is_gone()
    {
        (DescriptorHandle reading, DescriptorHandle writing) = Files.MakePipe();
        using (writing)
        {
            Assert.That(Descriptors.Look(writing, PollEvents.None), Is.EqualTo(PollEvents.None));
            reading.Dispose();
            Assert.That(Descriptors.Look(writing, PollEvents.None), Is.EqualTo(PollEvents.Failed));
        }
    }

    [Test]
    public void What_would_wait_says_so_in_nonblocking_mode_and_is_not_the_end()
    {
        (DescriptorHandle one, DescriptorHandle other) = Sockets.Pair();
        using (one)
        {
            Files.SetNonBlocking(one, true);
            byte[] buffer = new byte[10];
            Assert.That(Sockets.Receive(one, buffer), Is.EqualTo(-Errno.TryAgain));
            Assert.That(Files.Read(one, buffer), Is.EqualTo(-Errno.TryAgain));
            other.Dispose();
            Assert.That(Sockets.Receive(one, buffer), Is.Zero);
            Assert.That(Sockets.Send(one, "x"u8), Is.EqualTo(-Errno.BrokenPipe));
        }
    }

    [Test]
    public void Descriptors_travel_with_bytes()
    {
        (DescriptorHandle one, DescriptorHandle other) = Sockets.Pair();
        (DescriptorHandle reading, DescriptorHandle writing) = Files.MakePipe();
        using (one)
        using (other)
        using (reading)
        using (writing)
        {
            Assert.That(Sockets.Send(one, "ab"u8, reading, writing), Is.EqualTo(2));
            byte[] buffer = new byte[10];
            Assert.That(Sockets.Receive(other, buffer, wait: true, out int[] passed), Is.EqualTo(2));
            Assert.That(passed, Has.Length.EqualTo(2));
            using var passedReading = new DescriptorHandle(passed[0], ownsHandle: true);
            using var passedWriting = new DescriptorHandle(passed[1], ownsHandle: true);
            Assert.That(Files.Write(passedWriting, "xyz"u8), Is.EqualTo(3));
            Assert.That(Files.Read(passedReading, buffer), Is.EqualTo(3));
        }
    }

    [Test]
    public void The_last_descriptors_of_the_table_are_kept_for_the_process()
    {
        string limits = File.ReadLines("/proc/self/limits").First(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        int limit = int.Parse(limits.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], CultureInfo.InvariantCulture);
        Assert.That(DescriptorTable.LeavesRoom(3), Is.True);
        Assert.That(DescriptorTable.LeavesRoom(limit - 1), Is.False);
        Assert.That(DescriptorTable.LeavesRoom(limit - 3), Is.False);
        Assert.That(DescriptorTable.LeavesRoom(limit - 17), Is.True);
    }

    private static bool IsSet(WakeEvent wake)
    {
        Descriptors.Wait(null, PollEvents.None, wake, out bool woken, 0);
        return woken;
    }
}
