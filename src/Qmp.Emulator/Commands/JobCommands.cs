using Qmp.Api;
using Qmp.Emulator.Jobs;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of job.json.</summary>
internal sealed class JobCommands(JobList jobs) : IJobCommands
{
    public ValueTask<IReadOnlyList<JobInfo>> QueryJobsAsync(QueryJobsArguments arguments, CancellationToken cancellationToken) =>
        new([.. jobs.Jobs.Select(job => job.Describe())]);

    public ValueTask JobPauseAsync(JobPauseArguments arguments, CancellationToken cancellationToken) =>
        Refuse(arguments.Id, "pause");

    public ValueTask JobResumeAsync(JobResumeArguments arguments, CancellationToken cancellationToken)
    {
        jobs.Find(arguments.Id);
        throw new CommandException("Can't resume a job that was not paused");
    }

    public ValueTask JobCancelAsync(JobCancelArguments arguments, CancellationToken cancellationToken) =>
        Refuse(arguments.Id, "cancel");

    public ValueTask JobCompleteAsync(JobCompleteArguments arguments, CancellationToken cancellationToken) =>
        Refuse(arguments.Id, "complete");

    public ValueTask JobFinalizeAsync(JobFinalizeArguments arguments, CancellationToken cancellationToken) =>
        Refuse(arguments.Id, "finalize");

    public ValueTask JobDismissAsync(JobDismissArguments arguments, CancellationToken cancellationToken)
    {
        jobs.Dismiss(jobs.Find(arguments.Id));
        return default;
    }

    // No command finds a job in any other state than its last.
    private ValueTask Refuse(string id, string verb)
    {
        jobs.Find(id).Require(verb);
        return default;
    }
}
