using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Jobs;

/// <summary>Work that a command begins and does not wait for.</summary>
/// <remarks>Used with the machine's lock held.</remarks>
internal sealed class Job(string id, JobType type)
{
    public string Id => id;

    public JobStatus Status { get; set; } = JobStatus.Undefined;

    /// <summary>Why it failed, or <see langword="null"/>.</summary>
    public string? Error { get; set; }

    /// <summary>Checks that a client may ask for something in this state.</summary>
    /// <exception cref="CommandException">It may not.</exception>
    public void Require(string verb, params ReadOnlySpan<JobStatus> states)
    {
        if (states.Contains(Status)) return;
        throw new CommandException($"Job '{id}' in state '{Status.ToWireName()}' cannot accept command verb '{verb}'");
    }

    /// <summary>What <c>query-jobs</c> tells. The work is one step.</summary>
    public JobInfo Describe() => new()
    {
        Id = id,
        Type = type,
        Status = Status,
        CurrentProgress = Status == JobStatus.Concluded ? 1 : 0,
        TotalProgress = 1,
        Error = Error,
    };
}
