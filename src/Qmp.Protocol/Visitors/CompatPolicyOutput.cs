namespace Qmp.Protocol.Visitors;

/// <summary>What is done with output that is deprecated or unstable.</summary>
public enum CompatPolicyOutput
{
    /// <summary>It is shown.</summary>
    Accept,

    /// <summary>It is left out.</summary>
    Hide,
}
