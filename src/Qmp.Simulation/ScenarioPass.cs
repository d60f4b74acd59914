namespace Qmp.Simulation;

/// <summary>The beginning of a pass over memory.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Milliseconds">When, from the beginning of the migration.</param>
/// <param name="Remaining">Bytes of memory that are dirty.</param>
/// <param name="Transferred">Bytes that have been sent.</param>
/// <param name="Throttle">Percent of the guest's time that is taken away.</param>
public sealed record ScenarioPass(long Number, double Milliseconds, long Remaining, long Transferred, int Throttle);
