namespace Qmp.Migration.Destination;

/// <summary>Why an incoming migration has failed.</summary>
/// <param name="Reason">The reason, in QEMU's words.</param>
/// <param name="IsLogged">Whether the log has it already, since clients are not told.</param>
public sealed record IncomingFailure(string Reason, bool IsLogged);
