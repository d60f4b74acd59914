namespace Qmp.Cpu.Faults;

/// <summary>Ends an instruction before it has changed anything.</summary>
internal abstract class ExecutionException(string message) : Exception(message);

/// <summary>A page of an access is kept back; the instruction begins again when it is there.</summary>
internal sealed class PageHeldException(uint address, int length, bool writes) : ExecutionException("A page is kept back.")
{
    public uint Address => address;

    public int Length => length;

    public bool Writes => writes;
}

/// <summary>The processor raises an exception in the guest.</summary>
/// <param name="vector">Its number.</param>
/// <param name="error">Its error code; <see langword="null"/> for one without.</param>
internal sealed class GuestFaultException(int vector, uint? error = null) : ExecutionException($"exception {vector} without a handler")
{
    public const int Divide = 0, Overflow = 4, Bound = 5, InvalidOpcode = 6, Stack = 12, Protection = 13;

    public int Vector => vector;

    public uint? Error => error;
}

/// <summary>The guest does what this processor cannot.</summary>
internal sealed class UnsupportedException(string what) : ExecutionException(what);
