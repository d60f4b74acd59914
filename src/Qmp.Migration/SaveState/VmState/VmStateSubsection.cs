namespace Qmp.Migration.SaveState.VmState;

/// <summary>A part of a device's state that is sent only when needed.</summary>
/// <param name="State">What it holds.</param>
/// <param name="IsNeeded">Whether to send it.</param>
public sealed record VmStateSubsection(VmStateDescription State, Func<bool> IsNeeded);
