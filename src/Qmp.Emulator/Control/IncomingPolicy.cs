namespace Qmp.Emulator.Control;

/// <summary>Whether the process ends when an incoming migration fails.</summary>
internal sealed class IncomingPolicy
{
    private volatile bool _exitOnError = true;

    /// <summary>Whether it exits.</summary>
    public bool ExitOnError
    {
        get => _exitOnError;
        set => _exitOnError = value;
    }
}
