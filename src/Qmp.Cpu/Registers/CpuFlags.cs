using System.Numerics;

namespace Qmp.Cpu.Registers;

/// <summary>The flags register.</summary>
/// <remarks>
/// Those that arithmetic sets are kept as what they are computed from: the result, and the carry out of each of its bits.
/// So an instruction stores a few words and computes no flag that nobody asks for.
/// </remarks>
public struct CpuFlags
{
    /// <summary>Bits of <see cref="Value"/>.</summary>
    public const uint CarryBit = 1, ParityBit = 1 << 2, AdjustBit = 1 << 4, ZeroBit = 1 << 6, SignBit = 1 << 7, OverflowBit = 1 << 11;

    /// <summary>Bits of <see cref="Value"/> that arithmetic leaves alone.</summary>
    public const uint TrapBit = 1 << 8, InterruptBit = 1 << 9, DirectionBit = 1 << 10, NestedBit = 1 << 14, ResumeBit = 1 << 16, Virtual8086Bit = 1 << 17;

    /// <summary>Those that arithmetic sets.</summary>
    public const uint Arithmetic = CarryBit | ParityBit | AdjustBit | ZeroBit | SignBit | OverflowBit;

    private const uint AlwaysSet = 2;

    private int _zero; // zero, if the result was
    private int _sign; // of the result's sign
    private uint _parity; // its low byte is the result's
    private uint _carries; // bit 31 is the carry, bit 30 the one into the sign, bit 3 the one out of the low digit
    private uint _system;

    /// <summary>All of them.</summary>
    public uint Value
    {
        readonly get => _system | AlwaysSet
            | (Carry ? CarryBit : 0) | (Parity ? ParityBit : 0) | (Adjust ? AdjustBit : 0)
            | (Zero ? ZeroBit : 0) | (Sign ? SignBit : 0) | (Overflow ? OverflowBit : 0);
        set
        {
            _system = value & ~(Arithmetic | AlwaysSet);
            _zero = (value & ZeroBit) != 0 ? 0 : 1;
            _sign = (value & SignBit) != 0 ? -1 : 0;
            _parity = (value & ParityBit) != 0 ? 0u : 1;
            SetCarries((value & CarryBit) != 0, (value & OverflowBit) != 0, (value & AdjustBit) != 0);
        }
    }

    /// <summary>The carry.</summary>
    public readonly bool Carry => (int)_carries < 0;

    /// <summary>Whether the result's low byte has an even number of ones.</summary>
    public readonly bool Parity => (BitOperations.PopCount(_parity & 0xff) & 1) == 0;

    /// <summary>The carry out of the lowest digit.</summary>
    public readonly bool Adjust => (_carries & 8) != 0;

    /// <summary>Whether the result was zero.</summary>
    public readonly bool Zero => _zero == 0;

    /// <summary>Whether the result was negative.</summary>
    public readonly bool Sign => _sign < 0;

    /// <summary>Whether the signed result did not fit.</summary>
    public readonly bool Overflow => (int)(_carries ^ (_carries << 1)) < 0;

    /// <summary>Whether strings go downwards.</summary>
    public readonly bool Direction => (_system & DirectionBit) != 0;

    /// <summary>Whether interrupts are let in.</summary>
    public readonly bool Interrupts => (_system & InterruptBit) != 0;

    /// <summary>Sets or clears some of those that arithmetic leaves alone.</summary>
    public void SetSystem(uint bits, bool value) => _system = value ? _system | bits : _system & ~bits;

    /// <summary>Sets the carry alone.</summary>
    public void SetCarry(bool value) => SetCarries(value, Overflow, Adjust);

    /// <summary>Sets the flag of a result of zero alone.</summary>
    public void SetZero(bool value) => _zero = value ? 0 : 1;

    /// <summary>Sets carry, overflow and the carry out of the lowest digit.</summary>
    public void SetCarries(bool carry, bool overflow, bool adjust) =>
        _carries = (carry ? 1u << 31 : 0) | (carry != overflow ? 1u << 30 : 0) | (adjust ? 8u : 0);

    /// <summary>Sets what depends on the result alone.</summary>
    /// <param name="result">The result, shifted so that its sign is that of the number.</param>
    /// <param name="shift">By how much.</param>
    internal void SetResult(uint result, int shift)
    {
        _zero = _sign = (int)result;
        _parity = result >> shift;
    }

    /// <summary>Sets all, after bitwise operations.</summary>
    /// <inheritdoc cref="SetResult"/>
    internal void SetLogic(uint result, int shift)
    {
        SetResult(result, shift);
        _carries = 0;
    }

    /// <summary>Sets all, after additions and subtractions.</summary>
    /// <param name="result">The result, shifted so that its sign is that of the number.</param>
    /// <param name="carries">The carry, or borrow, out of each bit, shifted like the result.</param>
    /// <param name="shift">By how much.</param>
    internal void SetSum(uint result, uint carries, int shift)
    {
        SetResult(result, shift);
        _carries = (carries & 0xc000_0000) | ((carries >> shift) & 8);
    }

    /// <summary>As <see cref="SetSum"/>, but the carry stays.</summary>
    /// <inheritdoc cref="SetSum"/>
    internal void SetStep(uint result, uint carries, int shift)
    {
        const uint Top = 1u << 31;
        SetResult(result, shift);
        uint carry = _carries & Top;
        uint overflow = (carries ^ (carries << 1)) & Top;
        _carries = carry | ((carry ^ overflow) >> 1) | ((carries >> shift) & 8);
    }

    /// <summary>Whether a condition holds.</summary>
    /// <param name="code">Its number in instructions.</param>
    internal readonly bool Holds(int code)
    {
        bool holds = (code >> 1) switch
        {
            0 => Overflow,
            1 => Carry,
            2 => Zero,
            3 => Carry || Zero,
            4 => Sign,
            5 => Parity,
            6 => Sign != Overflow,
            _ => Zero || Sign != Overflow,
        };
        return holds != ((code & 1) != 0);
    }
}
