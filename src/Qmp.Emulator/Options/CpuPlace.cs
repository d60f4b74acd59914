namespace Qmp.Emulator.Options;

/// <summary>Where a processor is: the numbers of its socket and of what is inside.</summary>
internal readonly record struct CpuPlace(long Socket, long Die, long Module, long Core, long Thread);
