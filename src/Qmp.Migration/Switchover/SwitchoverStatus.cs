using Qmp.Types;

namespace Qmp.Migration.Switchover;

/// <summary>What one end knows of the switchover.</summary>
/// <param name="Role">Which end it is.</param>
/// <param name="Required">Whether the source needs an ack.</param>
/// <param name="AcknowledgedAt">
/// When the ack was received, or sent, in milliseconds of the machine's timeline; <see langword="null"/> before.
/// </param>
/// <param name="Approvals">How many devices of a destination have approved.</param>
/// <param name="Outstanding">How many acks a source has yet to get.</param>
/// <param name="WaitingSince">
/// Since when a source waits for nothing but the ack, in milliseconds of the machine's timeline.
/// </param>
public sealed record SwitchoverStatus(
    SwitchoverRole Role, bool Required, long? AcknowledgedAt, int Approvals, uint Outstanding, long? WaitingSince);
