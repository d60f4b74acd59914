using Qmp.Machine.Memory;

namespace Qmp.Migration.Ram;

/// <summary>Which blocks are named in the stream and not sent, since both ends have the same memory.</summary>
/// <param name="ignoresShared">Whether those are not sent that both find by the path of a file (<c>x-ignore-shared</c>).</param>
/// <param name="keepsMemory">Whether none is sent: the source has handed its memory over (<c>cpr-transfer</c>).</param>
internal sealed class IgnoredBlocks(bool ignoresShared, bool keepsMemory)
{
    /// <summary>Whether that block is one of them.</summary>
    public bool Contains(RamBlock block) => keepsMemory || (ignoresShared && block is { IsShared: true, IsNamedFile: true });
}
