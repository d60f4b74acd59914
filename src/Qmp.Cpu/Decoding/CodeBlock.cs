using Qmp.Cpu.Execution;

namespace Qmp.Cpu.Decoding;

/// <summary>Instructions that run one after the other.</summary>
/// <param name="Linear">The address of the first.</param>
/// <param name="Ip">Its offset.</param>
/// <param name="End">The offset behind the last.</param>
/// <param name="IsWide">Whether the code is 32 bits wide.</param>
/// <param name="Instructions">The instructions.</param>
internal sealed record CodeBlock(uint Linear, uint Ip, uint End, bool IsWide, Instruction[] Instructions);
