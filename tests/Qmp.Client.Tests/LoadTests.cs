using Newtonsoft.Json.Linq;

namespace Qmp.Client.Tests;

/// <summary>Many requests and many events at once.</summary>
[Category("Slow")]
[TestFixture]
internal sealed class LoadTests
{
    private const int Many = 100_000;

    [Test]
    public async Task Of_many_pipelined_requests_and_events_nothing_is_lost_or_misordered([Values] bool cancelSome)
    {
        (ScriptedPeer peer, QmpConnection connection) = await ScriptedPeer.ConnectAsync();
        using ScriptedPeer _ = peer;
        await using QmpConnection __ = connection;
        using EventSubscription events = connection.Subscribe(capacity: Many);
        Task serving = Task.Run(async () =>
        {
            for (int i = 0; i < Many; i++)
            {
                JObject request = await peer.ExpectAsync("echo");
                // Requests leave in the order of the calls.
                Assert.That((int?)request["arguments"]!["n"], Is.EqualTo(i));
                peer.Raise("TICK", new JObject { ["n"] = i });
                peer.Return(request, i);
            }
        });
        var calls = new Task<JToken>[Many];
        for (int i = 0; i < Many; i++)
        {
            using var stop = new CancellationTokenSource();
            calls[i] = connection.ExecuteRawAsync("echo", new JObject { ["n"] = i }, null, stop.Token).AsTask();
            if (cancelSome && i % 3 == 0) await stop.CancelAsync();
        }

        await serving.Guarded();
        ValueTask<JToken> last = connection.ExecuteRawAsync("last");
        await peer.AnswerAsync("last");
        await last.Guarded();
        int cancelled = 0;
        for (int i = 0; i < Many; i++)
        {
            try
            {
                Assert.That((int)await calls[i].Guarded(), Is.EqualTo(i));
            }
            catch (OperationCanceledException) when (cancelSome && i % 3 == 0)
            {
                cancelled++;
            }
        }

        for (int i = 0; i < Many; i++)
        {
            Assert.That(events.TryRead(out QmpEvent? tick));
            if ((int?)tick!.Data!["n"] != i) Assert.Fail($"event {i} is {tick.Data}");
        }

        QmpStatistics statistics = connection.Statistics;
        Assert.That(events.Lost, Is.Zero);
        Assert.That(statistics.UnmatchedReplies, Is.Zero);
        Assert.That(cancelled, cancelSome ? Is.Positive : Is.Zero);
        Assert.That(statistics.LateReplies, Is.EqualTo(cancelled), "what was abandoned is answered all the same");
    }

    [Test]
    public async Task A_reader_that_sleeps_costs_bounded_memory_and_holds_up_nobody()
    {
        (ScriptedPeer peer, QmpConnection connection) = await ScriptedPeer.ConnectAsync();
        using ScriptedPeer _ = peer;
        await using QmpConnection __ = connection;
        using EventSubscription asleep = connection.Subscribe(capacity: 1000);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int round = 0; round < Many / 1000; round++)
        {
            for (int i = 0; i < 1000; i++)
            {
                peer.Raise("TICK", new JObject { ["n"] = (round * 1000) + i, ["text"] = new string('x', 100) });
            }

            ValueTask<JToken> call = connection.ExecuteRawAsync("round");
            await peer.AnswerAsync("round");
            await call.Guarded();
        }

        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.That(asleep.Lost, Is.EqualTo(Many - 1000));
        Assert.That(asleep.TryRead(out QmpEvent? first));
        Assert.That((first!.LostBefore, (int?)first.Data!["n"]), Is.EqualTo((Many - 1000L, Many - 1000)));
        Assert.That(kept, Is.LessThan(8 << 20), "a thousand small events");
    }

    [Test]
    public async Task Calls_from_many_threads_find_their_own_replies()
    {
        (ScriptedPeer peer, QmpConnection connection) = await ScriptedPeer.ConnectAsync();
        using ScriptedPeer _ = peer;
        await using QmpConnection __ = connection;
        const int Callers = 8;
        const int Each = 2000;
        Task serving = Task.Run(async () =>
        {
            for (int i = 0; i < Callers * Each; i++)
            {
                JObject request = await peer.ExpectAsync("echo");
                peer.Return(request, request["arguments"]);
            }
        });
        Task[] callers = [.. Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (int i = 0; i < Each; i++)
            {
                var arguments = new JObject { ["caller"] = caller, ["i"] = i };
                Assert.That(JToken.DeepEquals(await connection.ExecuteRawAsync("echo", arguments), arguments));
            }
        }))];
        await Task.WhenAll(callers).Guarded();
        await serving.Guarded();
    }

    [Test]
    public async Task Calls_that_race_with_the_end_all_end([Values] bool byPeer)
    {
        for (int round = 0; round < 100; round++)
        {
            (ScriptedPeer peer, QmpConnection connection) = await ScriptedPeer.ConnectAsync();
            using var started = new Barrier(4);
            Task<int>[] callers = [.. Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(
                () => CallUntilEndAsync(connection, started),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default).Unwrap())];
            started.SignalAndWait();
            if (byPeer) peer.Dispose();
            else await connection.DisposeAsync();
            await Task.WhenAll(callers).Guarded();
            await connection.DisposeAsync();
            peer.Dispose();
        }
    }

    private static async Task<int> CallUntilEndAsync(QmpConnection connection, Barrier started)
    {
        var calls = new List<Task<JToken>>();
        started.SignalAndWait();
        while (!connection.Completion.IsCompleted) calls.Add(connection.ExecuteRawAsync("a").AsTask());
        foreach (Task<JToken> call in calls) await call.FailsWith<QmpDisconnectedException>();
        return calls.Count;
    }
}
