namespace Qmp.Protocol.Visitors;

/// <summary>How output with a special feature is met.</summary>
public enum CompatPolicyOutput
{
    /// <summary>It is shown.</summary>
    Accept,

    /// <summary>It is left out.</summary>
    Hide,
}
