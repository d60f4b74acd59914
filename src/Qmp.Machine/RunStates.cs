using Qmp.Types;

namespace Qmp.Machine;

/// <summary>What run states mean.</summary>
public static class RunStates
{
    /// <summary>Whether the guest runs or sleeps: nobody has stopped it.</summary>
    public static bool IsLive(this RunState state) => state is RunState.Running or RunState.Suspended;
}
