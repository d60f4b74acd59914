using System.Runtime.InteropServices;

namespace Qmp.Migration.Channels;

/// <summary>A piece of memory to be gathered: C's <c>struct iovec</c>.</summary>
/// <remarks>Whoever makes one keeps the memory where it is until the write that uses it has completed.</remarks>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct IoVector(nint Address, nint Length);
