using System.Diagnostics.CodeAnalysis;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Migration.Status;

namespace Qmp.Migration.Multifd;

/// <summary>Activities that each do one job after the other, given to them by one other activity.</summary>
/// <remarks>The first that fails ends them all; who gives the next job is told.</remarks>
/// <typeparam name="TJob">What a job is.</typeparam>
/// <param name="timeline">Where the activities run.</param>
/// <param name="failed">Called once one has failed, from its activity.</param>
internal sealed class WorkerPool<TJob>(Timeline timeline, Action failed)
    where TJob : class
{
    private readonly Waker _changed = timeline.CreateWaker();
    private readonly Lock _gate = new(); // guards the jobs, and what follows
    private readonly List<Worker> _workers = [];
    private int _next;
    private string? _error;
    private bool _isEnding;

    /// <summary>Why one failed, if one did.</summary>
    public string? Error => Volatile.Read(ref _error);

    /// <summary>The activities.</summary>
    public IReadOnlyList<Activity> Activities
    {
        get
        {
            lock (_gate) return [.. _workers.Select(worker => worker.Activity).OfType<Activity>()];
        }
    }

    /// <summary>Starts an activity.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="begin">What it does first.</param>
    /// <param name="work">Does a job.</param>
    /// <param name="end">Called when it has ended, with all others.</param>
    public void Add(string name, Func<ValueTask> begin, Func<TJob, ValueTask> work, Action end)
    {
        var worker = new Worker(timeline.CreateWaker(), end);
        lock (_gate) _workers.Add(worker);
        worker.Activity = timeline.Start(name, () => RunAsync(worker, begin, work));
    }

    /// <summary>Gives a job to whichever is idle; waits for one.</summary>
    /// <exception cref="ChannelException">One has failed.</exception>
    public async ValueTask GiveAsync(TJob job)
    {
        Worker? idle;
        while (!TryGive(job, out idle)) await _changed.WaitAsync();
        idle.Waker.Wake();
    }

    /// <summary>Gives each a job, once it is idle, and waits until all are done with all.</summary>
    /// <exception cref="ChannelException">One has failed.</exception>
    public async ValueTask GiveEachAsync(TJob job)
    {
        foreach (Worker worker in _workers)
        {
            while (!TryGive(job, worker)) await _changed.WaitAsync();
            worker.Waker.Wake();
        }

        await DrainAsync();
    }

    /// <summary>Waits until all are done.</summary>
    /// <exception cref="ChannelException">One has failed.</exception>
    public async ValueTask DrainAsync()
    {
        while (!AreIdle()) await _changed.WaitAsync();
    }

    /// <summary>Refuses to go on if one has failed.</summary>
    /// <exception cref="ChannelException">One has.</exception>
    public void CheckAlive()
    {
        if (Error is { } error) throw new ChannelException(error);
    }

    /// <summary>Ends the activities; what they wait for has been cut.</summary>
    public async ValueTask EndAsync()
    {
        lock (_gate) _isEnding = true;
        foreach (Worker worker in _workers) worker.Waker.Wake();
        foreach (Worker worker in _workers)
        {
            await worker.Activity!.JoinAsync();
            worker.End();
        }
    }

    private async ValueTask RunAsync(Worker worker, Func<ValueTask> begin, Func<TJob, ValueTask> work)
    {
        try
        {
            await begin();
            while (await TakeAsync(worker) is { } job)
            {
                await work(job);
                lock (_gate) worker.Job = null;
                _changed.Wake();
            }
        }
        catch (Exception e) when (e is ChannelException or LoadException or FaultException)
        {
            Fail(e is LoadException { Reasons: [.., var reason] } ? reason : e.Message);
        }
        catch (Exception e)
        {
            Fail($"Internal error: {e.Message}"); // a mistake of ours must not look like work that goes on
        }
    }

    // Null at the end.
    private async ValueTask<TJob?> TakeAsync(Worker worker)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_isEnding || _error is not null) return null;
                if (worker.Job is { } job) return job;
            }

            await worker.Waker.WaitAsync();
        }
    }

    private void Fail(string reason)
    {
        lock (_gate)
        {
            if (_isEnding || _error is not null) return;
            Volatile.Write(ref _error, reason);
            foreach (Worker worker in _workers) worker.Waker.Wake();
        }

        _changed.Wake();
        failed();
    }

    private bool TryGive(TJob job, [NotNullWhen(true)] out Worker? idle)
    {
        lock (_gate)
        {
            CheckAlive();
            for (int i = 0; i < _workers.Count; i++)
            {
                int place = (_next + i) % _workers.Count;
                if (_workers[place].Job is not null) continue;
                _next = place + 1;
                idle = _workers[place];
                idle.Job = job;
                return true;
            }
        }

        idle = null;
        return false;
    }

    private bool TryGive(TJob job, Worker worker)
    {
        lock (_gate)
        {
            CheckAlive();
            if (worker.Job is not null) return false;
            worker.Job = job;
            return true;
        }
    }

    private bool AreIdle()
    {
        lock (_gate)
        {
            CheckAlive();
            return _workers.TrueForAll(worker => worker.Job is null);
        }
    }

    private sealed class Worker(Waker waker, Action end)
    {
        public Action End { get; } = end;

        public Waker Waker { get; } = waker;

        public Activity? Activity { get; set; }

        public TJob? Job { get; set; }
    }
}
