using System.Globalization;
using Qmp.Api;
using Qmp.Protocol.Visitors;
using Qmp.Protocol.Visitors.Text;
using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>What QEMU checks of the options in <see cref="HostOptionTable"/>. Texts are QEMU's, but for what is not done here.</summary>
internal static class HostChecks
{
    private const string UserFile = "/etc/passwd";
    private const int MaxFirmwareTable = 41;

    private static readonly string[] AllowOrDeny = ["allow", "deny"];

    private static readonly OptionSyntax<SandboxOptions> SandboxSyntax =
        new("sandbox", OptionForm.Table, SandboxOptionsVisitor.Read, "enable");

    private static readonly OptionSyntax<RunWithOptions> RunWithSyntax =
        new("run-with", OptionForm.Table, RunWithOptionsVisitor.Read);

    /// <summary>Reads <c>-sandbox</c>, and says that it is not done.</summary>
    public static OptionValue<SandboxOptions> Sandbox(string text, CommandLineParser parser)
    {
        OptionValue<SandboxOptions> read = SandboxSyntax.Read(text, parser);
        SandboxOptions sandbox = read.Value;
        if (sandbox.Enable != true) return read;
        Check("obsolete", sandbox.Obsolete, AllowOrDeny);
        Check("elevateprivileges", sandbox.Elevateprivileges, [.. AllowOrDeny, "children"]);
        Check("spawn", sandbox.Spawn, AllowOrDeny);
        Check("resourcecontrol", sandbox.Resourcecontrol, AllowOrDeny);
        parser.Warn(read.Error("warning: system calls are not restricted here").Message);
        return read;

        void Check(string key, string? value, string[] accepted)
        {
            if (value is not null && !accepted.Contains(value)) throw read.Error($"invalid argument for {key}");
        }
    }

    /// <summary>Reads <c>-run-with</c>.</summary>
    public static OptionValue<RunWithOptions> RunWith(string text, CommandLineParser parser)
    {
        OptionValue<RunWithOptions> read = RunWithSyntax.Read(text, parser);
        if (read.Value.User is { } user && !IsUser(user))
        {
            throw read.Error($"User \"{text}\" doesn't exist (and is not <uid>:<gid>)");
        }

        if (read.Value.Chroot is { } root && !Directory.Exists(root)) throw new CommandLineException("chroot failed");
        return read;
    }

    /// <summary>Gives an argument to another option; mistakes are told of the one that was written.</summary>
    public static void TakeAs(string option, string text, Option other, string argument, CommandLineParser parser)
    {
        try
        {
            parser.Take(other, argument);
        }
        catch (CommandLineException e)
        {
            throw CommandLineException.At(option, text, e.Reason);
        }
    }

    public static void InstructionCount(OptionValue<IcountOptions> icount)
    {
        if (icount.Value.Shift is not { } shift || shift == "auto") return;
        if (!int.TryParse(shift, NumberStyles.None, CultureInfo.InvariantCulture, out int value) || value > 10)
        {
            throw icount.Error("icount: Invalid shift value");
        }
    }

    public static void Seed(OptionValue<string> seed)
    {
        if (!ulong.TryParse(seed.Value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw seed.Error($"Invalid seed number: {seed.Value}");
        }
    }

    public static void FirmwareTables(OptionValue<string> smbios)
    {
        OptionList items = Items(smbios);
        if (items["file"] is { } file)
        {
            if (!File.Exists(file)) throw smbios.Error($"Cannot read SMBIOS file {file}");
            return;
        }

        if (items["type"] is not { } text) throw smbios.Error("Must specify type= or file=");
        if (!uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint type))
        {
            throw smbios.Error("Parameter 'type' expects a number");
        }

        if (type > MaxFirmwareTable) throw smbios.Error($"Don't know how to build fields for SMBIOS type {text}");
    }

    public static void FirmwareValues(OptionValue<string> value)
    {
        OptionList items = Items(value, "name");
        int sources = new[] { "file", "string", "gen_id" }.Count(key => items[key] is not null);
        if (items["name"] is null || sources != 1)
        {
            throw value.Error("name, plus exactly one of file, string and gen_id, are needed");
        }
    }

    /// <summary>What cannot go on in the background: standard input and output are let go there.</summary>
    /// <exception cref="CommandLineException">Something would use them.</exception>
    public static void Background(GivenOptions given)
    {
        if (!given.Has(OptionTable.Daemonize) || !given.Has(OptionTable.NoGraphic) || given.Has(OptionTable.NoDefaults)) return;
        Option[] redirected = [OptionTable.Serial, OptionTable.Parallel, OptionTable.HumanMonitor];
        if (!redirected.All(option => given.Taken.Contains(option)))
        {
            throw new CommandLineException("-nographic cannot be used with -daemonize");
        }
    }

    private static bool IsUser(string user)
    {
        string[] ids = user.Split(':');
        if (ids.Length == 2 && ids.All(id => uint.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out _))) return true;
        return user.Length > 0 && File.ReadLines(UserFile).Any(line => line.StartsWith(user + ":", StringComparison.Ordinal));
    }

    private static OptionList Items(OptionValue<string> value, string? impliedKey = null)
    {
        try
        {
            return OptionList.Parse(value.Text, impliedKey);
        }
        catch (VisitorException e)
        {
            throw value.Error(e.Message);
        }
    }
}
