namespace Qapi.Emit;

/// <summary>What code to write for a schema.</summary>
[Flags]
internal enum EmitParts
{
    None = 0,

    /// <summary>Enums, records, unions and alternates.</summary>
    Types = 1,

    /// <summary>Dispatch tables and event sinks, with what server and client share.</summary>
    Server = 2,

    /// <summary>Client proxies, with what server and client share.</summary>
    Client = 4,

    /// <summary>Interfaces for StreamJsonRpc, and the types as a converter.</summary>
    StreamJsonRpc = 8,

    /// <summary>All that works on <see cref="Types"/>.</summary>
    Api = Server | Client,
}
