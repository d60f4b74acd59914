using Qmp.Types;

#pragma warning disable CS0618 // what is deprecated works all the same

namespace Qmp.Emulator.Options;

/// <summary>The kinds of character devices that are here; the schema knows all of QEMU's.</summary>
internal static class ChardevKinds
{
    /// <summary>All of them, in the order in which they are listed.</summary>
    public static IReadOnlyList<ChardevBackendKind> All { get; } =
    [
        ChardevBackendKind.Stdio, ChardevBackendKind.Ringbuf, ChardevBackendKind.Pipe, ChardevBackendKind.Pty,
        ChardevBackendKind.Null, ChardevBackendKind.Socket, ChardevBackendKind.Vc, ChardevBackendKind.Memory,
        ChardevBackendKind.File,
    ];

    /// <summary>What is said of a kind that is not here.</summary>
    public static string Unknown(string kind) => $"'{kind}' is not a valid char driver name";

    /// <summary>The file that gets a copy of what is sent, and whether it keeps what it holds.</summary>
    public static (string? Path, bool Appends) LogOf(ChardevBackend backend)
    {
        (string? path, bool? appends) = backend switch
        {
            ChardevBackend.File { Value.Data: var made } => (made.Logfile, made.Logappend),
            ChardevBackend.Pipe { Value.Data: var made } => (made.Logfile, made.Logappend),
            ChardevBackend.Socket { Value.Data: var made } => (made.Logfile, made.Logappend),
            ChardevBackend.Pty { Value.Data: var made } => (made.Logfile, made.Logappend),
            ChardevBackend.Null { Value.Data: var made } => (made.Logfile, made.Logappend),
            ChardevBackend.Stdio { Value.Data: var made } => (made.Logfile, made.Logappend),
            ChardevBackend.Vc { Value.Data: var made } => (made.Logfile, made.Logappend),
            ChardevBackend.Ringbuf { Value.Data: var made } => (made.Logfile, made.Logappend),
            ChardevBackend.Memory { Value.Data: var made } => (made.Logfile, made.Logappend),
            _ => (null, null),
        };
        return (path, appends == true);
    }
}
