using System.Buffers;
using Qmp.Migration.Status;
using Qmp.Migration.Stream;
using Serilog;

namespace Qmp.Migration.Destination;

/// <summary>Reads what stands between sections: commands, their arguments, and the description at the end.</summary>
internal static class CommandReader
{
    private const int PackagePiece = 65536;

    private static readonly Dictionary<StreamCommand, (string Name, int? Length)> Commands = new()
    {
        [StreamCommand.OpenReturnPath] = ("OPEN_RETURN_PATH", 0),
        [StreamCommand.Ping] = ("PING", 4),
        [StreamCommand.PostcopyAdvise] = ("POSTCOPY_ADVISE", null),
        [StreamCommand.PostcopyListen] = ("POSTCOPY_LISTEN", 0),
        [StreamCommand.PostcopyRun] = ("POSTCOPY_RUN", 0),
        [StreamCommand.PostcopyRamDiscard] = ("POSTCOPY_RAM_DISCARD", null),
        [StreamCommand.Packaged] = ("PACKAGED", 4),
        [StreamCommand.EnableColo] = ("ENABLE_COLO", 0),
        [StreamCommand.PostcopyResume] = ("POSTCOPY_RESUME", 0),
        [StreamCommand.ReceivedBitmap] = ("RECV_BITMAP", null),
        [StreamCommand.SwitchoverStart] = ("SWITCHOVER_START", 0),
    };

    /// <summary>Reads which command comes, and waits until its argument is there.</summary>
    /// <exception cref="LoadException">There is no such command, or its argument is of another length.</exception>
    public static async ValueTask<(StreamCommand Command, string Name, ushort Length)> ReadAsync(MigrationReader reader)
    {
        await reader.NeedAsync(4);
        var command = (StreamCommand)reader.GetBe16();
        ushort length = reader.GetBe16();
        if (reader.Failed) throw new LoadException(Errno.InputOutput);
        if (!Commands.TryGetValue(command, out (string Name, int? Length) expected))
        {
            throw new LoadException(Errno.Invalid, $"MIG_CMD 0x{(ushort)command:x} unknown (len 0x{length:x})");
        }

        if (expected.Length is { } right && right != length)
        {
            throw new LoadException(Errno.Range, $"{expected.Name} received with bad length - expecting {right}, got {length}");
        }

        await reader.NeedAsync(length);
        return (command, expected.Name, length);
    }

    /// <summary>Reads a whole package. It takes memory only as it comes.</summary>
    /// <exception cref="LoadException">It ends early.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadPackageAsync(MigrationReader reader, uint length)
    {
        var package = new ArrayBufferWriter<byte>();
        for (uint left = length; left > 0; left = length - (uint)package.WrittenCount)
        {
            await reader.NeedAsync(1);
            int taken = reader.Get(package.GetSpan(PackagePiece)[..(int)Math.Min(left, Math.Clamp(reader.Available, 1, PackagePiece))]);
            if (reader.Failed)
            {
                throw new LoadException(Errno.TryAgain, $"CMD_PACKAGED: Buffer receive fail ret={package.WrittenCount + taken} length={length}");
            }

            package.Advance(taken);
        }

        return package.WrittenMemory;
    }

    /// <summary>Reads of which block the source wants to know what has been received.</summary>
    /// <exception cref="LoadException">It is no name.</exception>
    public static string ReadBlockName(MigrationReader reader, ushort length)
    {
        if (length < 2) throw new LoadException(Errno.Invalid, $"CMD_RECV_BITMAP: invalid length (0x{length:x})");
        string id = reader.GetCountedString(out bool complete);
        return complete && id.Length == length - 1
            ? id
            : throw new LoadException(Errno.Invalid, $"CMD_RECV_BITMAP: invalid name of {length} bytes");
    }

    /// <summary>Skips the description: nothing in it matters to a loader, but a source sends it, and has to get it out.</summary>
    public static async ValueTask DropDescriptionAsync(MigrationReader reader, ILogger logger)
    {
        await reader.NeedAsync(1);
        byte type = reader.GetByte();
        if (type != (byte)SectionType.VmDescription)
        {
            logger.Warning("Expected vmdescription section, but got {Type}", type);
            return;
        }

        await reader.NeedAsync(4);
        await reader.DiscardAsync(reader.GetBe32());
    }
}
