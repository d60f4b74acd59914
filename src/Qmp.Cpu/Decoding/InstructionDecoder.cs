using Iced.Intel;
using Qmp.Cpu.Execution;
using Qmp.Cpu.Faults;
using Qmp.Cpu.Registers;
using Instruction = Qmp.Cpu.Execution.Instruction;

namespace Qmp.Cpu.Decoding;

/// <summary>Turns the guest's bytes into instructions. What the bytes mean is Iced's to say, what is done for it is ours.</summary>
internal sealed class InstructionDecoder
{
    private readonly GuestCode _code;
    private readonly Decoder _decoder16;
    private readonly Decoder _decoder32;

    /// <param name="memory">Where the bytes are.</param>
    public InstructionDecoder(MemoryPort memory)
    {
        _code = new GuestCode(memory);
        _decoder16 = Decoder.Create(16, _code);
        _decoder32 = Decoder.Create(32, _code);
    }

    /// <summary>Decodes one.</summary>
    /// <param name="code">Its segment.</param>
    /// <param name="ip">Its offset.</param>
    /// <param name="endsBlock">Whether what runs next may be another than the one behind it.</param>
    /// <exception cref="PageHeldException">A byte of it is not there.</exception>
    /// <exception cref="GuestFaultException">It leaves its segment.</exception>
    public Instruction Decode(in SegmentRegister code, uint ip, out bool endsBlock)
    {
        _code.MoveTo(code.Base + ip);
        Decoder decoder = code.IsWide ? _decoder32 : _decoder16;
        decoder.IP = ip;
        decoder.Decode(out Iced.Intel.Instruction found);
        if (ip + (long)Math.Max(found.Length, 1) - 1 > code.Last) throw new GuestFaultException(GuestFaultException.Protection, 0);
        return Translate(found, ip, out endsBlock);
    }

    private static unsafe Instruction Translate(in Iced.Intel.Instruction found, uint ip, out bool endsBlock)
    {
        var op = new Instruction
        {
            Ip = ip,
            NextIp = ip + (uint)found.Length,
            Base = Operands.Nowhere,
            Index = Operands.Nowhere,
            Third = -1,
            AddressMask = uint.MaxValue,
        };
        Operands.Read(ref op, found);
        op.Run = Handlers.Find(ref op, found);
        endsBlock = Handlers.EndsBlock(found);
        return op;
    }

    private sealed class GuestCode(MemoryPort memory) : CodeReader
    {
        private uint _address;

        public void MoveTo(uint address) => _address = address;

        public override int ReadByte() => (int)memory.Read(_address++, 1);
    }
}
