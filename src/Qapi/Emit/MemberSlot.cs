using Qapi.Model;

namespace Qapi.Emit;

/// <summary>A member to write and the code that gets its value.</summary>
/// <param name="Member">The member.</param>
/// <param name="Value">An expression of its value.</param>
/// <param name="TagText">Of a discriminator, an expression of its text, which is written instead.</param>
internal sealed record MemberSlot(ObjectMember Member, string Value, string? TagText = null);
