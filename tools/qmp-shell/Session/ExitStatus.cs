namespace Qmp.Shell.Session;

/// <summary>What the process ends with.</summary>
internal static class ExitStatus
{
    public const int Success = 0;

    /// <summary>The server refused, was not there, or something expected did not happen.</summary>
    public const int Failure = 1;

    /// <summary>What was asked for makes no sense, and nothing of it was sent.</summary>
    public const int Usage = 2;
}
