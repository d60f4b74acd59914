namespace Qmp.Client;

/// <summary>How a <see cref="QemuProcess"/> is started and ended.</summary>
public sealed record QemuProcessOptions
{
    /// <summary>The program, a path or a name on <c>PATH</c>: a QEMU, or <c>qmpd</c>.</summary>
    public string Program { get; init; } = "qemu-system-x86_64";

    /// <summary>Environment variables that differ from those of this process; <see langword="null"/> removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Its current folder; that of this process by default.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Is told each line that it prints on standard output or standard error.</summary>
    public Action<string>? Printed { get; init; }

    /// <summary>How long it may take until it has connected; 30 s. Negotiation is timed by <see cref="Client"/>.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it may take to end when asked to; 10 s. Then it is killed.</summary>
    public TimeSpan EndTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How its monitor is talked to.</summary>
    public QmpClientOptions Client { get; init; } = QmpClientOptions.Default;
}
