namespace Qmp.Protocol.Visitors;

/// <summary>Input that does not fit its QAPI type. The message is QEMU's, ready for a GenericError.</summary>
public sealed class VisitorException : Exception
{
    /// <summary>Makes one with QEMU's text.</summary>
    public VisitorException(string message)
        : base(message)
    {
    }
}
