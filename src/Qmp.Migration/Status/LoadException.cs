namespace Qmp.Migration.Status;

/// <summary>An incoming stream that cannot be loaded.</summary>
/// <remarks>
/// As in QEMU, clients are told the error number's text only; the reasons go to the log, innermost first.
/// </remarks>
public sealed class LoadException : Exception
{
    private readonly List<string> _reasons = [];

    /// <summary>A refusal.</summary>
    /// <param name="errno">What clients see.</param>
    /// <param name="reason">What the log says, or <see langword="null"/> where QEMU says nothing.</param>
    public LoadException(Errno errno, string? reason = null)
        : base($"load of migration failed: {errno.Text()}")
    {
        Errno = errno;
        if (reason is not null) _reasons.Add(reason);
    }

    /// <summary>The error number.</summary>
    public Errno Errno { get; }

    /// <summary>What went wrong, innermost first.</summary>
    public IReadOnlyList<string> Reasons => _reasons;

    /// <summary>Adds what was being loaded, and hands the exception back to be thrown on.</summary>
    internal LoadException While(string what)
    {
        _reasons.Add(what);
        return this;
    }
}
