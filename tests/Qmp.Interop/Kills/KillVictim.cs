namespace Qmp.Interop.Kills;

/// <summary>What comes to a sudden end.</summary>
internal enum KillVictim
{
    /// <summary>The process that the guest comes from.</summary>
    Source,

    /// <summary>The process that it goes to.</summary>
    Destination,

    /// <summary>The connection of one multifd channel, at both ends; the processes live on.</summary>
    Channel,
}
