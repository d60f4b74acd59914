namespace Qmp.Server.Dispatch;

/// <summary>What the schema says about how a command may be run.</summary>
[Flags]
public enum CommandOptions
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>May be run out of band (<c>allow-oob</c>).</summary>
    AllowOutOfBand = 1,

    /// <summary>May be run before the machine exists (<c>allow-preconfig</c>).</summary>
    AllowPreconfig = 2,

    /// <summary>Sends no reply on success (<c>success-response: false</c>).</summary>
    NoSuccessResponse = 4,
}
