using Qmp.Api;
using Qmp.Emulator.Options;
using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Protocol.Threading;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Jobs;

/// <summary>The jobs of a machine, from the command that begins one to the one that dismisses it. Texts are QEMU's.</summary>
/// <remarks>Used with the machine's lock held. A job is at work only between commands, so that none finds it there.</remarks>
internal sealed class JobList(VirtualMachine machine, JobEvents events)
{
    private readonly List<Job> _jobs = [];

    /// <summary>The jobs, the newest first.</summary>
    public IEnumerable<Job> Jobs => Enumerable.Reverse(_jobs);

    /// <summary>The job of that id.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public Job Find(string id) => _jobs.Find(job => job.Id == id) ?? throw new CommandException("Job not found");

    /// <summary>Begins a job; its work is done after the reply to the command.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="type">Its kind.</param>
    /// <param name="begin">Done at once.</param>
    /// <param name="work">The work; what it throws is the reason of its failure.</param>
    /// <exception cref="CommandException">The id is not one, or is taken.</exception>
    public async ValueTask StartAsync(string id, JobType type, Func<ValueTask> begin, Func<ValueTask> work)
    {
        if (!Identifiers.IsValid(id)) throw new CommandException($"Invalid job ID '{id}'");
        if (_jobs.Exists(other => other.Id == id)) throw new CommandException($"Job ID '{id}' already in use");
        var job = new Job(id, type);
        _jobs.Add(job);
        Move(job, JobStatus.Created);
        Move(job, JobStatus.Running);
        await begin().ConfigureAwait(OrderedContext.IsCurrent);
        try
        {
            machine.Timeline.Start($"job {id}", () => RunAsync(job, work));
        }
        catch (Exception e)
        {
            // There is no thread to be had.
            Fail(job, e);
        }
    }

    /// <summary>Forgets a job that has ended.</summary>
    /// <exception cref="CommandException">It has not.</exception>
    public void Dismiss(Job job)
    {
        job.Require("dismiss", JobStatus.Concluded);
        _jobs.Remove(job);
        Move(job, JobStatus.Null);
    }

    private async ValueTask RunAsync(Job job, Func<ValueTask> work)
    {
        using TimelineLock.Hold hold = await machine.Lock.EnterAsync();
        try
        {
            await work();
            Move(job, JobStatus.Waiting);
            Move(job, JobStatus.Pending);
        }
        catch (Exception e)
        {
            Fail(job, e);
            return;
        }

        Move(job, JobStatus.Concluded);
    }

    private void Fail(Job job, Exception reason)
    {
        job.Error = reason.Message;
        Move(job, JobStatus.Aborting);
        Move(job, JobStatus.Concluded);
    }

    private void Move(Job job, JobStatus status)
    {
        job.Status = status;
        events.JobStatusChange(new JobStatusChangeEvent { Id = job.Id, Status = status });
    }
}
