namespace Qmp.Migration.Multifd;

/// <summary>A connection to a destination ended before it was known what it is. As in QEMU, only the log is told why.</summary>
/// <param name="message">Why.</param>
internal sealed class ArrivalException(string message) : IOException(message);
