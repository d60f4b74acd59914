using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Blocks;

/// <summary>The nodes of an image that is only named by its file.</summary>
internal static class ImageOptions
{
    /// <summary>What to make for it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">Its format; <see langword="null"/> to look for it.</param>
    /// <param name="isReadOnly">Whether it can only be read.</param>
    /// <exception cref="CommandException">There is no such format here.</exception>
    public static BlockdevOptions Of(string path, string? format, bool isReadOnly)
    {
        var file = new BlockdevRef.Definition(
            new BlockdevOptions.File { ReadOnly = isReadOnly, Value = new BlockdevOptionsFile { Filename = path } });
        return (format ?? (IsQcow2(path) ? "qcow2" : "raw")) switch
        {
            "raw" => new BlockdevOptions.Raw { ReadOnly = isReadOnly, Value = new BlockdevOptionsRaw { File = file } },
            "qcow2" => new BlockdevOptions.Qcow2 { ReadOnly = isReadOnly, Value = new BlockdevOptionsQcow2 { File = file } },
            var other when BlockdevDriverExtensions.TryParse(other, out _) => throw new CommandException($"Driver '{other}' is not whitelisted"),
            var other => throw new CommandException($"Unknown driver '{other}'"),
        };
    }

    /// <summary>Whether a file is a qcow2 image.</summary>
    public static bool IsQcow2(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            Span<byte> magic = stackalloc byte[4];
            return file.ReadAtLeast(magic, 4, throwOnEndOfStream: false) == 4 && magic is [0x51, 0x46, 0x49, 0xfb];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }
}
