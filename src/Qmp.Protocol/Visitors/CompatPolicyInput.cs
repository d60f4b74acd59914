namespace Qmp.Protocol.Visitors;

/// <summary>How input with a special feature is met.</summary>
public enum CompatPolicyInput
{
    /// <summary>It is taken.</summary>
    Accept,

    /// <summary>It is refused with an error.</summary>
    Reject,

    /// <summary>The process ends.</summary>
    Crash,
}
