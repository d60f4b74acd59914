using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Qmp.Cpu.Tests.BesideQemu;

/// <content>Bits, moves, strings, the stack, conditions.</content>
internal sealed partial class ProgramGenerator
{
    private void Bits()
    {
        int size = Chance(2) ? 2 : 4;
        dynamic number = Chance(2) ? (byte)random.Next(0, 256) : size == 2 ? Any16() : Any32();
        dynamic place = Place(size);

        // A number in a register names a bit far away; it is kept near.
        if (place is AssemblerMemoryOperand && number is not byte)
        {
            place = size == 2 ? __word_ptr[Near()] : __dword_ptr[Near()];
            if (size == 2) _a.and((AssemblerRegister16)number, 0xfff);
            else _a.and((AssemblerRegister32)number, 0xfff);
        }

        switch (random.Next(4))
        {
            case 0: _a.bt(place, number); break;
            case 1: _a.bts(place, number); break;
            case 2: _a.btr(place, number); break;
            default: _a.btc(place, number); break;
        }

        Undefine(Overflow | Sign | Adjust | Parity);
    }

    private AssemblerMemoryOperand Near() => __[(ushort)random.Next(0x1000, 0x6000)];

    private void Scan()
    {
        AssemblerRegister32 from = Any32();
        _a.mov(from, Number() | 1 << random.Next(0, 16));
        if (Chance(2)) _a.bsf(Any32(), from);
        else _a.bsr(Any32(), from);
        Undefine(Carry | Overflow | Sign | Adjust | Parity);
    }

    private void Move()
    {
        switch (random.Next(8))
        {
            case 0: _a.mov(Any32(), Number()); break;
            case 1: _a.mov(Any16(), (short)Number()); break;
            case 2: _a.mov(Any8(), (sbyte)Number()); break;
            case 3: _a.mov(__dword_ptr[Memory()], Any32()); break;
            case 4: _a.mov(Any16(), __word_ptr[Memory()]); break;
            case 5: _a.mov(__byte_ptr[Memory()], (sbyte)Number()); break;
            case 6: _a.mov(__word_ptr[Memory()], (short)Number()); break;
            default: _a.mov(Any8(), __byte_ptr[Memory()]); break;
        }
    }

    private void Extend()
    {
        switch (random.Next(6))
        {
            case 0: _a.movzx(Any32(), Any8()); break;
            case 1: _a.movzx(Any32(), __word_ptr[Memory()]); break;
            case 2: _a.movzx(Any16(), __byte_ptr[Memory()]); break;
            case 3: _a.movsx(Any32(), Any16()); break;
            case 4: _a.movsx(Any32(), __byte_ptr[Memory()]); break;
            default: _a.movsx(Any16(), Any8()); break;
        }
    }

    private void Exchange()
    {
        switch (random.Next(6))
        {
            case 0: _a.xchg(Any32(), Any32()); break;
            case 1: _a.xchg(__word_ptr[Memory()], Any16()); break;
            case 2: _a.xchg(Any8(), Any8()); break;
            case 3: _a.xadd(Place(4), Any32()); break;
            case 4: _a.xadd(Place(1), Any8()); break;
            default: _a.bswap(Any32()); break;
        }
    }

    private void CompareExchange()
    {
        switch (random.Next(3))
        {
            case 0:
                _a.cmpxchg(Place(4), Any32());
                break;

            case 1:
                if (Chance(2)) _a.mov(__byte_ptr[0x2000], al);
                _a.cmpxchg(__byte_ptr[0x2000], Any8());
                break;

            default:
                if (Chance(2)) _a.mov(__dword_ptr[0x2000], eax);
                if (Chance(2)) _a.mov(__dword_ptr[0x2004], edx);
                _a.cmpxchg8b(__qword_ptr[0x2000]);
                break;
        }
    }

    private void Stack()
    {
        switch (random.Next(7))
        {
            case 0: _a.push(Any32()); break;
            case 1: _a.push(Any16()); break;
            case 2: _a.pop(Any32()); break;
            case 3: _a.pop(Any16()); break;
            case 4: _a.push(__word_ptr[Memory()]); break;
            case 5: _a.pop(__dword_ptr[Memory()]); break;
            default: _a.push((sbyte)Number()); break;
        }
    }

    private void Frame()
    {
        if (Chance(2))
        {
            _a.enter((short)random.Next(0, 64), (sbyte)random.Next(0, 2));
            _a.leave();
            return;
        }

        Label over = _a.CreateLabel();
        _a.call(over);
        _a.nop();
        _a.Label(ref over);
        if (bits == 32) _a.pop(edx);
        else _a.pop(dx);
    }

    private void AllRegisters()
    {
        // The stack pointer among what is pushed is compared, too: it lies in memory.
        if (Chance(2))
        {
            _a.pushad();
            _a.popad();
        }
        else
        {
            _a.pusha();
            _a.popa();
        }
    }

    private void Strings()
    {
        _a.and(esi, 0x3fff);
        _a.and(edi, 0x3fff);
        _a.or(esi, 0x1000);
        _a.or(edi, 0x1000);
        if (Chance(2)) _a.std();
        else _a.cld();
        bool repeats = Chance(2);
        if (repeats) _a.mov(ecx, random.Next(0, 20));
        int kind = random.Next(5);
        if (repeats && kind is 2 or 3 && Chance(2)) _ = repeats ? _a.repne : _a;
        else if (repeats) _ = _a.rep;
        switch (kind, random.Next(3))
        {
            case (0, 0): _a.movsb(); break;
            case (0, 1): _a.movsw(); break;
            case (0, _): _a.movsd(); break;
            case (1, 0): _a.stosb(); break;
            case (1, 1): _a.stosw(); break;
            case (1, _): _a.stosd(); break;
            case (2, 0): _a.cmpsb(); break;
            case (2, 1): _a.cmpsw(); break;
            case (2, _): _a.cmpsd(); break;
            case (3, 0): _a.scasb(); break;
            case (3, 1): _a.scasw(); break;
            case (3, _): _a.scasd(); break;
            case (_, 0): _a.lodsb(); break;
            case (_, 1): _a.lodsw(); break;
            default: _a.lodsd(); break;
        }
    }

    private void Decimal()
    {
        switch (random.Next(6))
        {
            case 0:
                _a.aaa();
                Undefine(Overflow | Sign | Zero | Parity);
                break;

            case 1:
                _a.aas();
                Undefine(Overflow | Sign | Zero | Parity);
                break;

            case 2:
                _a.aam((sbyte)random.Next(1, 127));
                Undefine(Overflow | Adjust | Carry);
                break;

            case 3:
                _a.aad((sbyte)random.Next(0, 127));
                Undefine(Overflow | Adjust | Carry);
                break;

            case 4:
                _a.daa();
                Undefine(Overflow);
                break;

            default:
                _a.das();
                Undefine(Overflow);
                break;
        }
    }

    private void FlagBits()
    {
        switch (random.Next(6))
        {
            case 0: _a.clc(); break;
            case 1: _a.stc(); break;
            case 2: _a.cmc(); break;
            case 3: _a.lahf(); break;
            case 4: _a.sahf(); break;
            default:
                // All that arithmetic sets, from a register.
                _a.mov(eax, Number() & 0x8d5);
                _a.push(eax);
                _a.popfd();
                break;
        }
    }

    private void Convert()
    {
        switch (random.Next(5))
        {
            case 0: _a.cbw(); break;
            case 1: _a.cwde(); break;
            case 2: _a.cwd(); break;
            case 3: _a.cdq(); break;
            default:
                if (bits == 32) _a.and(ebx, 0x7fff);
                _a.xlatb();
                break;
        }
    }

    private void Address()
    {
        if (Chance(2)) _a.lea(Any32(), Memory());
        else _a.lea(Any16(), Memory());
    }

    private void Conditional()
    {
        dynamic place = Place(1);
        AssemblerRegister32 to = Any32();
        AssemblerRegister16 narrow = Any16();
        switch (random.Next(16))
        {
            case 0: _a.seto(place); _a.cmovo(to, eax); break;
            case 1: _a.setno(place); _a.cmovno(narrow, cx); break;
            case 2: _a.setb(place); _a.cmovb(to, edx); break;
            case 3: _a.setae(place); _a.cmovae(to, ebx); break;
            case 4: _a.sete(place); _a.cmove(narrow, ax); break;
            case 5: _a.setne(place); _a.cmovne(to, esi); break;
            case 6: _a.setbe(place); _a.cmovbe(to, edi); break;
            case 7: _a.seta(place); _a.cmova(narrow, bp); break;
            case 8: _a.sets(place); _a.cmovs(to, eax); break;
            case 9: _a.setns(place); _a.cmovns(to, ecx); break;
            case 10: _a.setp(place); _a.cmovp(narrow, dx); break;
            case 11: _a.setnp(place); _a.cmovnp(to, ebx); break;
            case 12: _a.setl(place); _a.cmovl(to, ebp); break;
            case 13: _a.setge(place); _a.cmovge(to, esi); break;
            case 14: _a.setle(place); _a.cmovle(narrow, di); break;
            default: _a.setg(place); _a.cmovg(to, eax); break;
        }
    }

    // Over one instruction, if the condition holds.
    private void Jump()
    {
        Label over = _a.CreateLabel();
        switch (random.Next(12))
        {
            case 0: _a.jo(over); break;
            case 1: _a.jb(over); break;
            case 2: _a.jae(over); break;
            case 3: _a.je(over); break;
            case 4: _a.jne(over); break;
            case 5: _a.jbe(over); break;
            case 6: _a.ja(over); break;
            case 7: _a.js(over); break;
            case 8: _a.jl(over); break;
            case 9: _a.jle(over); break;
            case 10: _a.loop(over); break;
            default: _a.jecxz(over); break;
        }

        _a.xor(Any32(), Number());
        Undefine(Adjust);
        _a.Label(ref over);
        _a.nop();
    }
}
