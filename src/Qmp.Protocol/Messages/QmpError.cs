namespace Qmp.Protocol.Messages;

/// <summary>The <c>error</c> member of a reply.</summary>
/// <param name="Class">The error class, such as <c>GenericError</c>; kept as text, a peer may have newer ones.</param>
/// <param name="Description">The <c>desc</c> member, for people.</param>
public sealed record QmpError(string Class, string Description)
{
    /// <summary>The class of all errors that clients need not tell apart.</summary>
    public const string GenericError = "GenericError";

    /// <summary>The class for unknown, disabled and not yet negotiated commands.</summary>
    public const string CommandNotFound = "CommandNotFound";

    /// <summary>A <see cref="GenericError"/> with this description.</summary>
    public static QmpError Generic(string description) => new(GenericError, description);

    /// <summary>A <see cref="CommandNotFound"/> with this description.</summary>
    public static QmpError NotFound(string description) => new(CommandNotFound, description);
}
