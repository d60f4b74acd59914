using System.Globalization;
using System.Threading.Channels;
using Qmp.Api;
using Qmp.Client;
using Qmp.Client.Migration;
using Qmp.Testing;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Testing;

/// <summary>Code of users in virtual time, together with machines and their network.</summary>
[TestFixture]
internal sealed class VirtualTimeTests
{
    [Test]
    public async Task A_policy_of_ten_minutes()
    {
        // snippet: policy
        // Code under test: the guest has ten minutes to switch itself off.
        static async Task<string> StopAsync(QmpConnection vm, TimeProvider clock)
        {
            await vm.SystemPowerdownAsync();
            try
            {
                await vm.Completion.WaitAsync(TimeSpan.FromMinutes(10), clock);
                return "by itself";
            }
            catch (TimeoutException)
            {
                await vm.ExecuteUntilDisconnectAsync("quit");
                return "by force";
            }
        }

        await VirtualTime.RunAsync(async time =>
        {
            // The guest takes a quarter of an hour.
            await using TestVm vm = await TestVm.StartAsync(time.Machines, "-x-sim", "on", "-device", "x-guest,powerdown-ms=900000");
            await using QmpConnection qmp = await vm.ConnectAsync();
            Assert.That(await StopAsync(qmp, time.Clock), Is.EqualTo("by force"));
            Assert.That(time.Elapsed, Is.EqualTo(TimeSpan.FromMinutes(10)).Within(TimeSpan.FromSeconds(1)));
        });
        // end
    }

    [Test]
    public async Task A_gate_that_is_closed_for_a_minute() => await VirtualTime.RunAsync(async time =>
    {
        string[] words = ["-M", "none", "-m", "1M", "-device"];
        await using TestVm source = await TestVm.StartAsync(time.Machines, [.. words, "x-vfio,id=nic0,initial-bytes=1M"]);
        await using TestVm destination = await TestVm.StartAsync(
            time.Machines, [.. words, "x-vfio,id=nic0,ack=never", "-incoming", "defer"]);
        await using QmpConnection from = await source.ConnectAsync();
        await using QmpConnection to = await destination.ConnectAsync();
        string outcome = await new Orchestrator(time.Clock).MoveAsync(from, to);
        Assert.That(outcome, Is.EqualTo("given up"));
        Assert.That(time.Elapsed, Is.EqualTo(TimeSpan.FromMinutes(1)).Within(TimeSpan.FromSeconds(1)));
        Assert.That((await from.QueryStatusAsync()).Status, Is.EqualTo(RunState.Running));
    });

    [Test]
    public async Task It_takes_the_same_course_each_time()
    {
        string first = await CourseAsync();
        string second = await CourseAsync();
        Assert.That(second, Is.EqualTo(first));
        Assert.That(first, Does.Contain("MIGRATION {\"status\":\"completed\"}"));
        Assert.That(first.Split('\n'), Has.Length.GreaterThan(50));
    }

    [Test]
    public async Task What_user_code_waits_with_works()
    {
        var order = new List<string>();
        await VirtualTime.RunAsync(async time =>
        {
            using var turn = new SemaphoreSlim(0);
            var channel = Channel.CreateUnbounded<string>();
            var progress = new Progress<string>(order.Add);
            Task waiting = Wait("semaphore", turn.WaitAsync());
            Task reading = ReadAsync();
            await Task.Yield();
            ((IProgress<string>)progress).Report("progress");
            turn.Release();
            await channel.Writer.WriteAsync("x");
            using var timer = new PeriodicTimer(TimeSpan.FromHours(1), time.Clock);
            await timer.WaitForNextTickAsync();
            await Task.WhenAll(waiting, reading);
            order.Add(time.Elapsed.ToString("c", CultureInfo.InvariantCulture));

            async Task Wait(string what, Task task)
            {
                await task;
                order.Add(what);
            }

            async Task ReadAsync()
            {
                await channel.Reader.ReadAsync();
                order.Add("channel");
            }
        });
        Assert.That(order, Is.EquivalentTo(new[] { "semaphore", "channel", "progress", "01:00:00" }));
        Assert.That(order[^1], Is.EqualTo("01:00:00"));
    }

    [Test]
    public async Task A_failure_of_the_test_comes_out_of_it() => await Assert.ThrowsAsync<FormatException>(
        () => VirtualTime.RunAsync(async time =>
        {
            await Task.Delay(TimeSpan.FromMinutes(1), time.Clock);
            throw new FormatException();
        }));

    [Test]
    public async Task Code_that_goes_to_another_thread_is_noticed()
    {
        string failure = await FailureAsync(async time =>
        {
            await using TestVm vm = await TestVm.StartAsync(time.Machines, "-M", "none");
            await using QmpConnection qmp = await vm.ConnectAsync();
            await EscapeAsync(qmp);
        });
        Assert.That(failure, Does.Contain("ConfigureAwait(false)"));
    }

    [Test]
    public async Task Work_for_the_thread_pool_is_noticed() =>
        Assert.That(await FailureAsync(_ => Task.Run(() => 1)), Does.Contain("Task.Run"));

    [Test]
    public async Task A_delay_by_the_wall_clock_is_noticed() =>
        Assert.That(await FailureAsync(async _ => await Task.Delay(20)), Does.Contain("a delay without the clock"));

    [Test]
    public async Task A_wait_for_what_never_comes_ends()
    {
        string failure = await FailureAsync(async time =>
        {
            await Task.Delay(TimeSpan.FromSeconds(5), time.Clock);
            await new TaskCompletionSource().Task;
        });
        Assert.That(failure, Does.StartWith("after 00:00:05 of virtual time nothing is due any more"));
    }

    [Test]
    public async Task A_test_that_goes_on_for_ever_ends()
    {
        string failure = await FailureAsync(
            async time =>
            {
                while (true) await Task.Delay(TimeSpan.FromMinutes(1), time.Clock);
            },
            new() { Limit = TimeSpan.FromHours(2) });
        Assert.That(failure, Does.Contain("after 02:00:00 of virtual time"));
    }

    [Test]
    public async Task Code_that_blocks_the_thread_is_noticed()
    {
        using var release = new ManualResetEventSlim();
        string failure = await FailureAsync(
            _ =>
            {
                release.Wait();
                return Task.CompletedTask;
            },
            new() { Patience = TimeSpan.FromMilliseconds(50) });
        release.Set();
        Assert.That(failure, Does.Contain("blocks the thread"));
    }

    [Test]
    public async Task A_client_that_comes_back_finds_the_next_connection()
    {
        TimeSpan elapsed = default;
        await VirtualTime.RunAsync(async time =>
        {
            await using var monitor = new ScriptedMonitor(new() { Clock = time.Clock });
            monitor.On("query-name").HangUp();
            monitor.On("query-name").Reply("""{"name": "second"}""");
            await using var client = new ReconnectingQmpClient(monitor.Endpoint, new()
            {
                Client = new() { Time = time.Clock },
                InitialDelay = TimeSpan.FromMinutes(3),
                MaxDelay = TimeSpan.FromMinutes(3),
            });
            await client.StartAsync();
            try
            {
                await client.QueryNameAsync();
                Assert.Fail("the monitor hangs up");
            }
            catch (QmpDisconnectedException)
            {
                await client.WhenConnectedAsync();
            }

            Assert.That((await client.QueryNameAsync()).Name, Is.EqualTo("second"));
            elapsed = time.Elapsed;
        });
        Assert.That(elapsed, Is.EqualTo(TimeSpan.FromMinutes(3)).Within(TimeSpan.FromSeconds(1)));
    }

    private static async Task<string> FailureAsync(Func<VirtualTime, Task> test, VirtualTimeOptions? options = null)
    {
        VirtualTimeException? failure = await Assert.ThrowsAsync<VirtualTimeException>(() => VirtualTime.RunAsync(test, options));
        return failure!.Message;
    }

    private static async Task EscapeAsync(QmpConnection qmp)
    {
        await qmp.QueryNameAsync().ConfigureAwait(false);
        await qmp.QueryNameAsync().ConfigureAwait(false);
    }

    // All that two clients see of a migration over a slow link, with the times.
    private static async Task<string> CourseAsync()
    {
        var course = new StringWriter { NewLine = "\n" };
        await VirtualTime.RunAsync(async time =>
        {
            time.Network.Link = new() { Bandwidth = 4_000_000, Latency = TimeSpan.FromMilliseconds(1) };
            string[] words = ["-m", "16M", "-device", "x-workload,rate=1M,working-set=2M"];
            await using TestVm source = await TestVm.StartAsync(time.Machines, words);
            await using TestVm destination = await TestVm.StartAsync(time.Machines, [.. words, "-incoming", "unix:there"]);
            await using QmpConnection from = await source.ConnectAsync();
            await using QmpConnection to = await destination.ConnectAsync();
            Task watching = Task.WhenAll(Watch(from), Watch(to));
            source.WriteMemory(1 << 20, RandomBytes(8 << 20));
            MigrationResult result = await from.RunMigrationAsync(new()
            {
                Uri = "unix:there",
                PollInterval = TimeSpan.FromMilliseconds(50),
                Progress = new Progress<MigrationProgress>(p => course.WriteLine($"{p.Elapsed} {p.Pass} {p.RemainingBytes} {p.SendRate}")),
            });
            course.WriteLine($"{time.Elapsed} {result.Outcome} {result.Info!.Downtime}");
            await from.DisposeAsync();
            await to.DisposeAsync();
            await watching;

            async Task Watch(QmpConnection connection)
            {
                using EventSubscription events = connection.Subscribe();
                await foreach (QmpEvent e in events) course.WriteLine($"{time.Elapsed} {e.Timestamp:O} {e}");
            }
        });
        return course.ToString();
    }

    private static byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Code under test: gives the destination's devices a minute to let a guest come.</summary>
    private sealed class Orchestrator(TimeProvider clock)
    {
        public async Task<string> MoveAsync(QmpConnection source, QmpConnection destination)
        {
            var capabilities = new Dictionary<MigrationCapability, bool>
            {
                [MigrationCapability.ReturnPath] = true, [MigrationCapability.SwitchoverAck] = true,
            };
            await destination.MigrateSetCapabilitiesAsync(new()
            {
                Capabilities = [.. capabilities.Select(c => new MigrationCapabilityStatus { Capability = c.Key, State = c.Value })],
            });
            await destination.MigrateIncomingAsync(new() { Uri = "unix:there" });
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1), clock);
            try
            {
                MigrationResult result = await source.RunMigrationAsync(
                    new() { Uri = "unix:there", Capabilities = capabilities }, limit.Token);
                return result.Outcome.ToString();
            }
            catch (OperationCanceledException)
            {
                return "given up";
            }
        }
    }
}
