using Qmp.Types;

#pragma warning disable CS0618 // what is deprecated works all the same

namespace Qmp.Emulator.Options;

/// <summary>The kinds of character devices that are here; the schema knows all of QEMU's.</summary>
internal static class ChardevKinds
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ChardevBackendKind> All { get; } =
    [
        ChardevBackendKind.Stdio, ChardevBackendKind.Ringbuf, ChardevBackendKind.Pipe, ChardevBackendKind.Pty,
        ChardevBackendKind.Null, ChardevBackendKind.Socket, ChardevBackendKind.Vc, ChardevBackendKind.Memory,
        ChardevBackendKind.File,
    ];

    /// <summary>What is said of a kind that is not here.</summary>
    public static string Unknown(string kind) => $"'{kind}' is not a valid char driver name";

    /// <summary>The file that gets a copy of what is sent; <see langword="null"/> for none.</summary>
    public static LogSpec? LogOf(ChardevBackend backend)
    {
        (string? path, bool? appends, bool? stamps) = backend switch
        {
            ChardevBackend.File { Value.Data: var made } => (made.Logfile, made.Logappend, made.Logtimestamp),
            ChardevBackend.Pipe { Value.Data: var made } => (made.Logfile, made.Logappend, made.Logtimestamp),
            ChardevBackend.Socket { Value.Data: var made } => (made.Logfile, made.Logappend, made.Logtimestamp),
            ChardevBackend.Pty { Value.Data: var made } => (made.Logfile, made.Logappend, made.Logtimestamp),
            ChardevBackend.Null { Value.Data: var made } => (made.Logfile, made.Logappend, made.Logtimestamp),
            ChardevBackend.Stdio { Value.Data: var made } => (made.Logfile, made.Logappend, made.Logtimestamp),
            ChardevBackend.Vc { Value.Data: var made } => (made.Logfile, made.Logappend, made.Logtimestamp),
            ChardevBackend.Ringbuf { Value.Data: var made } => (made.Logfile, made.Logappend, made.Logtimestamp),
            ChardevBackend.Memory { Value.Data: var made } => (made.Logfile, made.Logappend, made.Logtimestamp),
            _ => (null, null, null),
        };
        return path is null ? null : new LogSpec(path, appends == true, stamps == true);
    }
}
