using System.Runtime.InteropServices;

namespace Qmp.Linux;

/// <summary>A piece of memory that a system call gathers from or scatters to: C's <c>struct iovec</c>.</summary>
/// <param name="Address">Its first byte; the caller keeps it in place.</param>
/// <param name="Length">How many bytes.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct IoVector(nint Address, nint Length);
