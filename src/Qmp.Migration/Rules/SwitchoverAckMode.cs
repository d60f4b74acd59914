namespace Qmp.Migration.Rules;

/// <summary>Who counts the acks of the switchover.</summary>
public enum SwitchoverAckMode
{
    /// <summary>The destination, which sends one; the source takes no notice of more.</summary>
    One,

    /// <summary>The destination, which sends one; for the source more than one are an error.</summary>
    OneCounted,

    /// <summary>The source: devices ask for acks, and the destination sends one whenever a device approves.</summary>
    Each,
}
