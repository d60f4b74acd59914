using Qapi.Model;

namespace Qapi.Emit;

/// <summary>
/// The record of a command's arguments or an event's data. Where the schema names a type, it is that type; otherwise
/// the call has a record of its own, also when it takes nothing.
/// </summary>
/// <param name="TypeName">The record's name in C#.</param>
/// <param name="Type">Where its members are; null if the call has no members.</param>
/// <param name="IsOwn">Whether the record exists for this call.</param>
internal sealed record CallShape(string TypeName, ObjectType? Type, bool IsOwn);
