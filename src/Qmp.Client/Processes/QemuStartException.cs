namespace Qmp.Client;

/// <summary>A program that was started did not become a QEMU that can be talked to.</summary>
public sealed class QemuStartException : QmpException
{
    internal QemuStartException(string program, string reason, string standardError, Exception? cause)
        : base($"{program} {reason}" + (standardError.Length > 0 ? $":\n{standardError.TrimEnd()}" : ""), cause) =>
        StandardError = standardError;

    /// <summary>What it had printed on standard error by then.</summary>
    public string StandardError { get; }
}
