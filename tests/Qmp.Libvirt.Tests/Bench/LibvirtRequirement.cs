using System.ComponentModel;
using System.Diagnostics;

namespace Qmp.Libvirt.Tests.Bench;

/// <summary>Decides whether tests with libvirt run.</summary>
/// <remarks>
/// They need libvirt's daemon and its client, root, and namespaces, and are skipped without them, unless the environment
/// variable <c>QMP_REQUIRE_LIBVIRT</c> is 1: then what is missing is a failure.
/// </remarks>
internal static class LibvirtRequirement
{
    private const string Switch = "QMP_REQUIRE_LIBVIRT";

    private static readonly string[] Programs =
        ["/usr/sbin/libvirtd", "/usr/bin/virsh", "/usr/bin/virt-xml-validate", "/usr/bin/unshare", "/usr/bin/script"];

    private static readonly Lazy<string?> Problem = new(FindProblem);

    /// <summary>Ends the test here if there is no libvirt to be had.</summary>
    public static void Check()
    {
        if (Problem.Value is not { } problem) return;
        if (Environment.GetEnvironmentVariable(Switch) == "1") Assert.Fail($"{problem}, and {Switch} is 1");
        Assert.Ignore(problem);
    }

    private static string? FindProblem()
    {
        if (Array.Find(Programs, p => !File.Exists(p)) is { } missing) return $"there is no {missing}";
        if (!Environment.IsPrivilegedProcess) return "libvirt's own daemons need root";
        try
        {
            using Process probe = Process.Start(
                "unshare", ["--mount", "--net", "--pid", "--fork", "--mount-proc", "ip", "link", "set", "lo", "up"]);
            probe.WaitForExit();
            return probe.ExitCode == 0 ? null : "namespaces are not allowed here, or there is no ip";
        }
        catch (Win32Exception e)
        {
            return $"there are no namespaces: {e.Message}";
        }
    }
}
