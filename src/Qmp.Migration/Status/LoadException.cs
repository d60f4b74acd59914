using Qmp.Migration.Rules;

namespace Qmp.Migration.Status;

/// <summary>An incoming stream that cannot be loaded.</summary>
/// <remarks>
/// QEMU 10.0 tells clients the error number's text only, and prints the reasons, innermost first. Newer releases tell them one
/// reason (<see cref="MigrationRules.ReportsLoadReasons"/>), and print what that does not hold.
/// </remarks>
public sealed class LoadException : Exception
{
    private readonly List<string> _reasons = [];
    private readonly List<string> _printed = [];
    private string? _told;
    private Errno _newErrno;

    /// <summary>A refusal.</summary>
    /// <param name="errno">What clients see.</param>
    /// <param name="reason">What the log says, or <see langword="null"/> where QEMU says nothing.</param>
    public LoadException(Errno errno, string? reason = null)
        : base($"load of migration failed: {errno.Text()}")
    {
        Errno = errno;
        _newErrno = errno;
        _told = reason;
        if (reason is not null) _reasons.Add(reason);
    }

    /// <summary>The error number.</summary>
    public Errno Errno { get; }

    /// <summary>What went wrong, innermost first.</summary>
    public IReadOnlyList<string> Reasons => _reasons;

    /// <summary>What clients are told.</summary>
    internal string MessageIn(MigrationRules rules) => !rules.ReportsLoadReasons ? Message
        : $"load of migration failed: {_newErrno.Text()}" + (_told is null ? "" : $": {_told}");

    /// <summary>What the log says besides.</summary>
    internal IReadOnlyList<string> ReasonsIn(MigrationRules rules) => rules.ReportsLoadReasons ? _printed : _reasons;

    /// <summary>Sets what newer releases tell clients, and hands the exception back to be thrown.</summary>
    /// <param name="told">The reason.</param>
    /// <param name="prints">Whether the reason so far is printed; otherwise this takes its place.</param>
    /// <param name="errno">The error number, where it is another one.</param>
    internal LoadException Newer(string told, bool prints = false, Errno? errno = null)
    {
        if (prints && _told is not null) _printed.Add(_told);
        _told = told;
        _newErrno = errno ?? _newErrno;
        return this;
    }

    /// <summary>Puts something before what newer releases tell clients, and hands the exception back to be thrown on.</summary>
    internal LoadException NewerWhile(string what) => Newer(_told is null ? what : $"{what}: {_told}");

    /// <summary>Sets what newer releases tell of the body of a section, and hands the exception back to be thrown on.</summary>
    /// <param name="before">What they say first.</param>
    /// <param name="version">The section's version.</param>
    internal LoadException NewerInBody(string before, int version) => IsOfFields
        ? Newer(before + _told)
        : Newer($"{before}Failed to load vmstate version_id: {version}, ret: {-(int)Errno}", prints: true);

    /// <summary>Whether fields were being loaded, of which newer releases say more than of other bodies.</summary>
    internal bool IsOfFields { get; init; }

    /// <summary>Adds what was being loaded, and hands the exception back to be thrown on.</summary>
    internal LoadException While(string what)
    {
        _reasons.Add(what);
        return this;
    }

    /// <summary>Adds a reason that newer releases print, too, and hands the exception back to be thrown on.</summary>
    internal LoadException Because(string reason)
    {
        if (_told is not null) _printed.Add(_told);
        _told = reason;
        return While(reason);
    }
}
