using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Qmp.Cpu.Tests.BesideQemu;

/// <summary>Makes random programs: a few instructions one after the other, which raise no exception and stay within their memory.</summary>
/// <remarks>
/// What the architecture leaves undefined is taken out of the flags right behind the instruction, so that no later one depends
/// on it. Registers that make an address, count or divide are given a fitting value before.
/// </remarks>
internal sealed partial class ProgramGenerator(Random random, int bits)
{
    private const uint Carry = 1, Parity = 4, Adjust = 0x10, Zero = 0x40, Sign = 0x80, Overflow = 0x800;
    private const int LongestProgram = 12;

    private readonly Assembler _a = new(bits);

    /// <summary>Makes one.</summary>
    /// <param name="ip">Where it will be.</param>
    /// <returns>Its bytes.</returns>
    public byte[] Next(uint ip)
    {
        _a.Reset();
        Action[] kinds =
        [
            Binary, Binary, Binary, Unary, Shift, Shift, DoubleShift, Multiply, Divide, Bits, Scan, Move, Extend, Exchange, Stack, Strings, Decimal,
            FlagBits, Conditional, Conditional, Jump, Convert, Frame, AllRegisters, CompareExchange, Address,
        ];
        int count = random.Next(1, LongestProgram);
        for (int i = 0; i < count; i++) kinds[random.Next(kinds.Length)]();
        var stream = new MemoryStream();
        _a.Assemble(new StreamCodeWriter(stream), ip, BlockEncoderOptions.DontFixBranches);
        return stream.ToArray();
    }

    private AssemblerRegister32 Any32() => ((AssemblerRegister32[])[eax, ecx, edx, ebx, ebp, esi, edi])[random.Next(7)];

    private AssemblerRegister16 Any16() => ((AssemblerRegister16[])[ax, cx, dx, bx, bp, si, di])[random.Next(7)];

    private AssemblerRegister8 Any8() => ((AssemblerRegister8[])[al, cl, dl, bl, ah, ch, dh, bh])[random.Next(8)];

    private bool Chance(int of) => random.Next(of) == 0;

    // Numbers at the edges are the ones that set flags.
    private int Number()
    {
        int[] edges = [0, 1, 2, -1, -2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, int.MaxValue, int.MinValue];
        return Chance(3) ? edges[random.Next(edges.Length)] : random.Next(int.MinValue, int.MaxValue);
    }

    // With 16 bits every offset is in the segment; with 32 the registers are cut down first.
    private AssemblerMemoryOperand Memory()
    {
        if (bits == 16)
        {
            short displacement = (short)random.Next(short.MinValue, short.MaxValue);
            return random.Next(9) switch
            {
                0 => __[bx + si + displacement],
                1 => __[bx + di + displacement],
                2 => __[bp + si + displacement],
                3 => __[bp + di],
                4 => __[si + (sbyte)displacement],
                5 => __[di + displacement],
                6 => __[bp + (sbyte)displacement],
                7 => __[bx],
                _ => __[(ushort)displacement],
            };
        }

        AssemblerRegister32 @base = Any32();
        AssemblerRegister32 index = Any32();
        int offset = random.Next(0, 0x1000);
        switch (random.Next(4))
        {
            case 0:
                _a.and(@base, 0x7fff);
                return __[@base + offset];

            case 1:
                _a.and(@base, 0x3fff);
                _a.and(index, 0xfff);
                return __[@base + (index * (1 << random.Next(4))) + offset];

            case 2:
                _a.and(index, 0xfff);
                return __[(index * (1 << random.Next(4))) + offset];

            default:
                return __[offset];
        }
    }

    // Takes undefined flags out.
    private void Undefine(uint flags)
    {
        if (flags == 0) return;
        if (bits == 32)
        {
            _a.pushfd();
            _a.and(__dword_ptr[esp], ~flags);
            _a.popfd();
        }
        else
        {
            _a.pushf();
            _a.and(__word_ptr[esp], (ushort)~flags);
            _a.popf();
        }
    }

    private void Binary()
    {
        int size = random.Next(3);
        int operation = random.Next(9);
        switch (size, random.Next(4))
        {
            case (0, 0):
                Do(operation, Any8(), Any8());
                break;

            case (0, 1):
                Do(operation, __byte_ptr[Memory()], Any8());
                break;

            case (0, 2) when operation != 8:
                Do(operation, Any8(), __byte_ptr[Memory()]);
                break;

            case (0, _):
                Do(operation, Any8(), (sbyte)Number());
                break;

            case (1, 0):
                Do(operation, Any16(), Any16());
                break;

            case (1, 1):
                Do(operation, __word_ptr[Memory()], Any16());
                break;

            case (1, 2) when operation != 8:
                Do(operation, Any16(), __word_ptr[Memory()]);
                break;

            case (1, _):
                Do(operation, Any16(), (short)Number());
                break;

            case (2, 0):
                Do(operation, Any32(), Any32());
                break;

            case (2, 1):
                Do(operation, __dword_ptr[Memory()], Any32());
                break;

            case (2, 2) when operation != 8:
                Do(operation, Any32(), __dword_ptr[Memory()]);
                break;

            default:
                Do(operation, Any32(), Number());
                break;
        }

        if (operation is 1 or 4 or 6 or 8) Undefine(Adjust);
    }

    // In the order of their numbers in instructions, then test.
    private void Do(int operation, dynamic a, dynamic b)
    {
        switch (operation)
        {
            case 0: _a.add(a, b); break;
            case 1: _a.or(a, b); break;
            case 2: _a.adc(a, b); break;
            case 3: _a.sbb(a, b); break;
            case 4: _a.and(a, b); break;
            case 5: _a.sub(a, b); break;
            case 6: _a.xor(a, b); break;
            case 7: _a.cmp(a, b); break;
            default: _a.test(a, b); break;
        }
    }

    private void Unary()
    {
        dynamic a = Place();
        switch (random.Next(4))
        {
            case 0: _a.inc(a); break;
            case 1: _a.dec(a); break;
            case 2: _a.neg(a); break;
            default: _a.not(a); break;
        }
    }

    // A register or memory, of any size.
    private dynamic Place(int size = 0) => (size == 0 ? 1 << random.Next(3) : size, random.Next(2)) switch
    {
        (1, 0) => Any8(),
        (1, _) => __byte_ptr[Memory()],
        (2, 0) => Any16(),
        (2, _) => __word_ptr[Memory()],
        (_, 0) => Any32(),
        (_, _) => __dword_ptr[Memory()],
    };

    private void Shift()
    {
        int size = 1 << random.Next(3);
        int count = Chance(3) ? 1 : random.Next(0, 40);
        int operation = random.Next(7);

        // QEMU 10.0 clears an operand that is rotated through the carry all the way round, which a processor leaves alone.
        if (operation >= 5 && (count & 31) != 0 && (count & 31) % ((size * 8) + 1) == 0) count++;
        int masked = count & 31;
        dynamic place = Place(size);
        if (Chance(2))
        {
            // The register that counts may be part of the place.
            _a.mov(cl, (sbyte)count);
            if (size == 4 && place is AssemblerRegister32) place = edx;
            if (place is AssemblerMemoryOperand) place = size == 1 ? __byte_ptr[Scratch()] : size == 2 ? __word_ptr[Scratch()] : __dword_ptr[Scratch()];
            Rotate(operation, place, cl);
        }
        else
        {
            Rotate(operation, place, (byte)count);
        }

        if (masked == 0) return;
        uint undefined = masked == 1 ? 0 : Overflow;
        if (operation < 3)
        {
            undefined |= Adjust;
            if (operation < 2 && masked >= size * 8) undefined |= Carry;
        }

        Undefine(undefined);
    }

    private AssemblerMemoryOperand Scratch() => __[(ushort)random.Next(0, 0x7000)];

    private void Rotate(int operation, dynamic a, dynamic count)
    {
        switch (operation)
        {
            case 0: _a.shl(a, count); break;
            case 1: _a.shr(a, count); break;
            case 2: _a.sar(a, count); break;
            case 3: _a.rol(a, count); break;
            case 4: _a.ror(a, count); break;
            case 5: _a.rcl(a, count); break;
            default: _a.rcr(a, count); break;
        }
    }

    private void DoubleShift()
    {
        int size = Chance(2) ? 2 : 4;
        int count = random.Next(0, size * 8);
        dynamic place = Place(size);
        if (size == 2 && Chance(2)) _a.shld(place, Any16(), (byte)count);
        else if (size == 2) _a.shrd(place, Any16(), (byte)count);
        else if (Chance(2)) _a.shld(place, Any32(), (byte)count);
        else _a.shrd(place, Any32(), (byte)count);
        if (count > 0) Undefine(Adjust | (count == 1 ? 0 : Overflow));
    }

    private void Multiply()
    {
        switch (random.Next(6))
        {
            case 0:
                _a.mul(Place());
                break;

            case 1:
                _a.imul(Place());
                break;

            case 2:
                _a.imul(Any32(), Any32());
                break;

            case 3:
                _a.imul(Any16(), __word_ptr[Memory()]);
                break;

            case 4:
                _a.imul(Any32(), __dword_ptr[Memory()], Chance(2) ? (sbyte)Number() : Number());
                break;

            default:
                _a.imul(Any16(), Any16(), (short)Number());
                break;
        }

        Undefine(Sign | Zero | Adjust | Parity);
    }

    private void Divide()
    {
        int divisor = random.Next(2, 0x7f);
        switch (random.Next(4))
        {
            case 0:
                _a.mov(ah, 0);
                _a.mov(cl, (sbyte)divisor);
                _a.div(cl);
                break;

            case 1:
                _a.mov(dx, 0);
                _a.mov(cx, (short)divisor);
                _a.div(cx);
                break;

            case 2:
                _a.cdq();
                _a.mov(ebx, Chance(2) ? divisor : -divisor);
                _a.idiv(ebx);
                break;

            default:
                _a.mov(edx, random.Next(0, divisor));
                _a.mov(ecx, divisor);
                _a.div(ecx);
                break;
        }

        Undefine(Carry | Overflow | Sign | Zero | Adjust | Parity);
    }
}
