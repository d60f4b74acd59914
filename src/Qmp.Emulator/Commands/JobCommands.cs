using Qmp.Api;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of job.json. No command begins a job.</summary>
internal sealed class JobCommands : IJobCommands
{
    public ValueTask<IReadOnlyList<JobInfo>> QueryJobsAsync(QueryJobsArguments arguments, CancellationToken cancellationToken) => new([]);
}
