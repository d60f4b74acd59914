using Qmp.Api;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of replay.json. Runs are neither recorded nor replayed.</summary>
internal sealed class ReplayCommands : IReplayCommands
{
    public ValueTask<ReplayInfo> QueryReplayAsync(QueryReplayArguments arguments, CancellationToken cancellationToken) =>
        new(new ReplayInfo { Mode = ReplayMode.None, Icount = 0 });
}
