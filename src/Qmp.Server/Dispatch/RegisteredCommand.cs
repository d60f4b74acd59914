namespace Qmp.Server.Dispatch;

/// <summary>A command and the object that runs it.</summary>
/// <param name="Descriptor">The generated description.</param>
/// <param name="Target">Finds the implementation for a session.</param>
public sealed record RegisteredCommand(CommandDescriptor Descriptor, Func<IMonitorSession, object> Target);
