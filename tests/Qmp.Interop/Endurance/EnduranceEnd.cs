namespace Qmp.Interop.Endurance;

/// <summary>What is done to a migration on its way.</summary>
internal enum EnduranceEnd
{
    /// <summary>Nothing: it completes.</summary>
    None,

    /// <summary>Its source is told to cancel it.</summary>
    Cancel,

    /// <summary>Its destination is killed.</summary>
    Kill,
}
