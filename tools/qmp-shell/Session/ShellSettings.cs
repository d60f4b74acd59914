using Qmp.Client;

namespace Qmp.Shell.Session;

/// <summary>What the command line asks for.</summary>
internal sealed record ShellSettings
{
    /// <summary>The server.</summary>
    public required QmpEndpoint Endpoint { get; init; }

    /// <summary>Whether lines are commands of the human monitor.</summary>
    public bool HumanMonitor { get; init; }

    /// <summary>Whether to show requests as they are sent, and events whole.</summary>
    public bool Verbose { get; init; }

    /// <summary>Whether to spread JSON over many lines.</summary>
    public bool Pretty { get; init; }

    /// <summary>Whether to wait for a greeting and negotiate.</summary>
    public bool Negotiate { get; init; } = true;

    /// <summary>When scripts are checked.</summary>
    public ScriptChecking Check { get; init; }

    /// <summary>Where to write the conversation down.</summary>
    public string? RecordFile { get; init; }

    /// <summary>How long a reply may take.</summary>
    public TimeSpan Timeout { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>How long to try to connect while nobody listens; zero tries once.</summary>
    public TimeSpan Wait { get; init; }
}

/// <summary>When the lines of a script are checked.</summary>
internal enum ScriptChecking
{
    /// <summary>Each before it is sent.</summary>
    AsItRuns,

    /// <summary>All before the first is sent.</summary>
    First,

    /// <summary>All, and none is sent.</summary>
    Only,
}
