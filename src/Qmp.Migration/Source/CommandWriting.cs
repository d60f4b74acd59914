using Qmp.Machine.Memory;
using Qmp.Migration.Options;
using Qmp.Migration.Stream;
using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>Writes commands with their arguments.</summary>
internal static class CommandWriting
{
    /// <summary>Asks the destination to say that it has come so far.</summary>
    public static void PutPing(this MigrationWriter writer, uint value)
    {
        writer.PutCommand(StreamCommand.Ping, sizeof(uint));
        writer.PutBe32(value);
    }

    /// <summary>Says that memory may follow the guest, in pages of which sizes; or only dirty bitmaps.</summary>
    public static void PutPostcopyAdvice(this MigrationWriter writer, MigrationOptions options)
    {
        if (options.Has(MigrationCapability.PostcopyRam))
        {
            writer.PutCommand(StreamCommand.PostcopyAdvise, 2 * sizeof(ulong));
            writer.PutBe64(RamBlock.PageSize);
            writer.PutBe64(RamBlock.PageSize);
        }
        else if (options.Has(MigrationCapability.DirtyBitmaps))
        {
            writer.PutCommand(StreamCommand.PostcopyAdvise, 0);
        }
    }

    /// <summary>Asks what the destination has received of a block.</summary>
    public static void PutReceivedBitmapRequest(this MigrationWriter writer, RamBlock block)
    {
        writer.PutCommand(StreamCommand.ReceivedBitmap, 1 + block.Id.Length);
        writer.PutCountedString(block.Id);
    }
}
