using System.Runtime.InteropServices;

namespace Qmp.Migration.Cpr;

/// <summary>A descriptor that outlives its program.</summary>
/// <param name="Name">What it is of, such as the name of a RAM block.</param>
/// <param name="Id">Its number among those of that name.</param>
/// <param name="Handle">The descriptor.</param>
public sealed record CprDescriptor(string Name, int Id, SafeHandle Handle);
