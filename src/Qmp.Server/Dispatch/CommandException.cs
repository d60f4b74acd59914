using Qmp.Protocol.Messages;

namespace Qmp.Server.Dispatch;

/// <summary>A command's refusal: the client gets it as the <c>error</c> of the reply.</summary>
public sealed class CommandException : Exception
{
    /// <summary>A refusal with a class of its own.</summary>
    public CommandException(QmpError error)
        : base(error.Description) => Error = error;

    /// <summary>A refusal of class GenericError.</summary>
    public CommandException(string description)
        : this(QmpError.Generic(description))
    {
    }

    /// <summary>Class and description.</summary>
    public QmpError Error { get; }
}
