using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Emulator.Options;
using Qmp.Server.Dispatch;
using Qmp.Protocol.Visitors;
using Qmp.Protocol.Visitors.Text;
using Qmp.Types;

namespace Qmp.Emulator.Blocks;

/// <summary>What a drive of the command line is made of. Texts are QEMU's.</summary>
internal static partial class DriveImage
{
    // About the drive, and not about its nodes.
    private static readonly HashSet<string> OfDrive = new(StringComparer.Ordinal)
    {
        "if", "bus", "unit", "index", "media", "file", "format", "driver", "id", "werror", "rerror", "snapshot", "cache", "aio", "discard",
        "copy-on-read", "stats-account-invalid", "stats-account-failed", "read-only", "iops", "iops_rd", "iops_wr", "iops_max", "iops_size",
        "bps", "bps_rd", "bps_wr", "bps_max", "group", "iops_rd_max", "iops_wr_max", "bps_rd_max", "bps_wr_max", "cache.writeback",
    };

    private static readonly string[] Switch = ["on", "off"];

    private static readonly Dictionary<string, (string Direct, string NoFlush)> Caches = new(StringComparer.Ordinal)
    {
        ["none"] = ("on", "off"),
        ["directsync"] = ("on", "off"),
        ["writeback"] = ("off", "off"),
        ["unsafe"] = ("off", "on"),
        ["writethrough"] = ("off", "off"),
    };

    /// <summary>Checks what is about the drive alone.</summary>
    /// <exception cref="CommandException">A value is wrong.</exception>
    public static void Check(DriveArguments drive, string kind)
    {
        if (drive["cache"] is { } cache && !Caches.ContainsKey(cache)) throw new CommandException("invalid cache option");
        if (drive["media"] is { } media && media is not ("disk" or "cdrom")) throw new CommandException($"'{media}' invalid media");
        bool hasErrors = kind is "ide" or "scsi" or "virtio" or "none";
        if (drive["werror"] is not null && !hasErrors) throw new CommandException("werror is not supported by this bus type");
        if (drive["rerror"] is not null && !hasErrors) throw new CommandException("rerror is not supported by this bus type");
    }

    /// <summary>What to make for it; <see langword="null"/> if it has no medium.</summary>
    /// <param name="drive">The drive.</param>
    /// <param name="warnOfRaw">Is told of a file that was taken for a raw image without having been called one.</param>
    /// <exception cref="CommandException">The drive asks for what there is not.</exception>
    public static BlockdevOptions? Of(DriveArguments drive, Action<string> warnOfRaw)
    {
        if (drive["discard"] is { } discard && discard is not ("ignore" or "off" or "unmap" or "on")) throw new CommandException("Invalid discard option");
        if (drive["aio"] is { } aio && aio is not ("threads" or "native" or "io_uring")) throw new CommandException("invalid aio option");
        if (drive["format"] is not null && drive["driver"] is not null) throw new CommandException("Cannot specify both 'driver' and 'format'");
        foreach (string key in (string[])["werror", "rerror"]) CheckAction(key, drive[key]);
        bool isReadOnly = IsOn(drive, "read-only") || drive["media"] == "cdrom" || IsOn(drive, "snapshot");
        string? path = drive["file"] is { Length: > 0 } file ? file : null;
        string? driver = drive["format"] ?? drive["driver"];
        List<KeyValuePair<string, string>> more = [.. drive.Items.Items.Where(
            item => !OfDrive.Contains(item.Key) && !item.Key.StartsWith("throttling.", StringComparison.Ordinal))];
        bool hasFile = path is not null || more.Exists(item => item.Key.StartsWith("file.", StringComparison.Ordinal));
        if (!hasFile && driver is null && more.Count == 0) return null;
        if (driver is not null && !BlockdevDriverExtensions.TryParse(driver, out _)) throw new CommandException($"Unknown driver '{driver}'");
        bool isProtocol = driver is "file" or "host_device" or "null-co" or "null-aio";
        if (!hasFile && !isProtocol) throw new CommandException(driver is null ? "Must specify either driver or file" : "A block device must be specified for \"file\"");
        JObject below = path is null ? [] : Below(path);
        if (driver is null) driver = Probe(path, isReadOnly, warnOfRaw);
        JObject members = isProtocol ? below : new JObject { ["file"] = below };
        members["driver"] = isProtocol && below["driver"] is { } known && driver == "file" ? known : driver;
        AddCommon(drive, members, isReadOnly);
        foreach ((string key, string value) in more) KeyvalParser.ParseInto(members, $"{key}={value.Replace(",", ",,", StringComparison.Ordinal)}");
        if (!isProtocol && members["file"] is JObject inner) inner["driver"] ??= "file";
        CheckDirect(drive, members);
        return Read(members, driver, isProtocol);
    }

    /// <summary>Whether a switch of a drive is on.</summary>
    /// <exception cref="CommandException">It is neither on nor off.</exception>
    public static bool IsOn(DriveArguments drive, string key)
    {
        if (drive[key] is not { } value) return false;
        if (!Switch.Contains(value)) throw new CommandException($"Parameter '{key}' expects 'on' or 'off'");
        return value == "on";
    }

    private static void CheckAction(string key, string? action)
    {
        if (action is null or "ignore" or "report" or "stop" or "enospc") return;
        throw new CommandException($"'{action}' invalid {(key == "werror" ? "write" : "read")} error action");
    }

    private static void AddCommon(DriveArguments drive, JObject members, bool isReadOnly)
    {
        members["read-only"] = isReadOnly ? "on" : "off";
        if (drive["discard"] is { } discard) members["discard"] = discard is "on" or "unmap" ? "unmap" : "ignore";
        if (drive["cache"] is not { } cache) return;
        (string direct, string noFlush) = Caches[cache];
        members["cache"] = new JObject { ["direct"] = direct, ["no-flush"] = noFlush };
    }

    private static void CheckDirect(DriveArguments drive, JObject members)
    {
        if (drive["aio"] != "native" || (string?)members["cache"]?["direct"] == "on") return;
        throw new CommandException("aio=native was specified, but it requires cache.direct=on, which was not specified.");
    }

    // A name may begin with a protocol.
    private static JObject Below(string path)
    {
        int colon = path.IndexOf(':', StringComparison.Ordinal);
        string protocol = colon > 0 && !path[..colon].Contains('/') ? path[..colon] : "file";
        return protocol switch
        {
            "file" => new JObject { ["driver"] = "file", ["filename"] = colon > 0 && path.StartsWith("file:", StringComparison.Ordinal) ? path[5..] : path },
            "null-co" or "null-aio" => new JObject { ["driver"] = protocol },
            "json" => ReadJson(path[(colon + 1)..]),
            _ => throw new CommandException($"Unknown protocol '{protocol}'"),
        };
    }

    private static JObject ReadJson(string text)
    {
        try
        {
            using var reader = new Qmp.Protocol.Json.QmpJsonReader(System.Text.Encoding.UTF8.GetBytes(text));
            return JObject.Load(reader);
        }
        catch (Newtonsoft.Json.JsonException)
        {
            throw new CommandException("Could not parse the JSON options");
        }
    }

    private static string Probe(string? path, bool isReadOnly, Action<string> warnOfRaw)
    {
        if (path is null) return "raw";
        if (ImageOptions.IsQcow2(path)) return "qcow2";
        if (isReadOnly || !(path.StartsWith("null-", StringComparison.Ordinal) || File.Exists(path))) return "raw";
        warnOfRaw(
            $"WARNING: Image format was not specified for '{path}' and probing guessed raw.\n"
            + "         Automatically detecting the format is dangerous for raw images, write operations on block 0 will be restricted.\n"
            + "         Specify the 'raw' format explicitly to remove the restrictions.");
        return "raw";
    }

    private static BlockdevOptions Read(JObject members, string driver, bool isProtocol)
    {
        try
        {
            return BlockdevOptionsVisitor.Read(new KeyvalInputVisitor(members), null);
        }
        catch (VisitorException e)
        {
            if (Unexpected().Match(e.Message) is not { Success: true } match) throw new CommandException(e.Message);
            throw new CommandException(isProtocol
                ? $"Block protocol '{driver}' doesn't support the option '{match.Groups[1].Value}'"
                : $"Block format '{driver}' does not support the option '{match.Groups[1].Value}'");
        }
    }

    [GeneratedRegex("^Parameter '([^']*)' is unexpected$|^Invalid parameter '([^']*)'$")]
    private static partial Regex Unexpected();
}
