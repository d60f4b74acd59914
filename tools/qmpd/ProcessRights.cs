using System.Globalization;
using System.Runtime.CompilerServices;
using Qmp.Emulator.Options;
using Qmp.Linux;
using Qmp.Types;

namespace Qmpd;

/// <summary>What the process gives up, or keeps, once its machine is there: <c>-overcommit</c> and <c>-run-with</c>.</summary>
internal static class ProcessRights
{
    private const string UserFile = "/etc/passwd";

    /// <summary>Keeps memory in RAM, if that is asked for. Done when the machine is there.</summary>
    /// <remarks>
    /// The plain build leaves out what will come: its runtime maps memory all the time, and dies where a limit on what a
    /// user may lock keeps it from that.
    /// </remarks>
    /// <exception cref="CommandLineException">It may not.</exception>
    public static void LockMemory(EmulatorOptions options)
    {
        string? wanted = options.Given.Last(OptionTable.Overcommit)?.Value.MemLock;
        if (wanted is not ("on" or "on-fault") || Processes.LockMemory(wanted == "on-fault", future: !RuntimeFeature.IsDynamicCodeCompiled) == 0) return;
        throw new CommandLineException("locking memory failed");
    }

    /// <summary>Changes root and user.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="warn">Is told what is not done.</param>
    /// <exception cref="CommandLineException">It cannot be done.</exception>
    public static void Apply(EmulatorOptions options, Action<string> warn)
    {
        IReadOnlyList<OptionValue<RunWithOptions>> all = options.Given.All(HostOptionTable.RunWith);
        OptionValue<RunWithOptions>? user = all.LastOrDefault(r => r.Value.User is not null);
        OptionValue<RunWithOptions>? root = all.LastOrDefault(r => r.Value.Chroot is not null);
        (uint User, uint Group, string? Name)? found = user is null ? null : Find(user);
        if (all.Any(r => r.Value.AsyncTeardown == true)) warn("warning: async-teardown is not done: there is little memory to free");
        if (root is not null) ChangeRoot(root, warn);
        if (found is var (number, group, name) && Processes.Become(number, group, name) is { } failure) throw new CommandLineException(failure);
    }

    // The runtime of the plain build loads its files when it first needs them, and would not find them.
    private static void ChangeRoot(OptionValue<RunWithOptions> root, Action<string> warn)
    {
        if (RuntimeFeature.IsDynamicCodeCompiled)
        {
            warn(root.Error("warning: the root of the process stays as it is; the native program changes it").Message);
            return;
        }

        if (!Processes.ChangeRoot(root.Value.Chroot!)) throw new CommandLineException("chroot failed");
    }

    private static (uint User, uint Group, string? Name) Find(OptionValue<RunWithOptions> option)
    {
        string user = option.Value.User!;
        foreach (string line in File.ReadLines(UserFile))
        {
            string[] fields = line.Split(':');
            if (fields.Length > 3 && fields[0] == user) return (Number(fields[2]), Number(fields[3]), user);
        }

        string[] ids = user.Split(':');
        return (Number(ids[0]), Number(ids[1]), null);
    }

    private static uint Number(string text) => uint.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
