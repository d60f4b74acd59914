using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Control;

/// <summary>The time before the machine is there (<c>-preconfig</c>): few commands are permitted, and one ends it.</summary>
/// <param name="isAsked">Whether there is such a time.</param>
internal sealed class Preconfiguration(bool isAsked)
{
    private Action? _next;

    /// <summary>Whether it lasts.</summary>
    public bool IsActive { get; private set; } = isAsked;

    /// <summary>Says what comes after it; at once, if there is none.</summary>
    public void Then(Action next)
    {
        if (IsActive) _next = next;
        else next();
    }

    /// <summary>Ends it.</summary>
    /// <exception cref="CommandException">It has ended.</exception>
    public void End()
    {
        if (!IsActive) throw new CommandException("The command is permitted only before machine initialization");
        IsActive = false;
        _next?.Invoke();
    }
}
