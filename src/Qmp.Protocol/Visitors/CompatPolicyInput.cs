namespace Qmp.Protocol.Visitors;

/// <summary>What is done with input that is deprecated or unstable.</summary>
public enum CompatPolicyInput
{
    /// <summary>It is accepted.</summary>
    Accept,

    /// <summary>It is refused with an error.</summary>
    Reject,

    /// <summary>The process ends.</summary>
    Crash,
}
