using System.Diagnostics;
using System.Text.RegularExpressions;
using Qmp.EndToEnd.Tests.Interop;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.CommandLine;

/// <summary>Command lines that QEMU takes or refuses: the same exit status and standard error.</summary>
[TestFixture]
[Category("Slow")]
internal sealed partial class BesideQemuTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Each with a machine that has not been started, and a monitor that ends it. FILE is an image of 1 MiB, NONE is not there.
    private static readonly string[] Same =
    [
        "-preconfig", "-acpitable NONE", "-acpitable sig=ABCD", "-M pc -acpitable file=NONE", "-cdrom FILE", "-cdrom NONE", "-M pc -cdrom FILE",
        "-debugcon null", "-debugcon foo", "-dfilter 0x0+10", "-dfilter foo", "-dtb NONE", "-enable-sync-profile",
        "-drive file=FILE", "-drive file=NONE", "-drive file=FILE,format=raw", "-M pc -drive file=FILE,format=raw,index=5", "-M q35 -drive file=FILE,format=raw,index=7",
        "-M pc -drive file=FILE,format=raw,unit=3", "-drive foo=bar", "-drive if=foo", "-drive format=foo,file=FILE", "-drive if=none,id=d0 -drive if=none,id=d0",
        "-drive file=FILE,format=raw,cache=foo", "-drive file=FILE,format=raw,aio=foo", "-drive file=FILE,format=raw,aio=native,if=none",
        "-drive file=FILE,format=raw,werror=foo", "-drive file=FILE,format=raw,rerror=foo", "-drive file=FILE,format=raw,index=1,bus=2",
        "-drive file=FILE,format=raw,media=foo", "-drive file=FILE,format=raw,readonly=maybe,if=none", "-drive file=FILE,format=raw,discard=foo", "-drive format=raw",
        "-drive file=FILE,format=raw,serial=x", "-drive file=FILE,format=raw,driver=raw", "-drive file=foo:bar,if=none", "-drive file=null-co://,if=none,format=raw",
        "-drive file=FILE,format=raw,if=floppy,werror=stop", "-drive file=/tmp,format=raw,if=none", "-drive file=FILE,if=none,driver=host_device",
        "-drive file.filename=FILE,format=raw,if=none", "-drive file=FILE,format=raw,if=scsi -M pc", "-drive if=ide", "-drive file=,if=none",
        "-M pc -nodefaults -drive if=none,id=d -device ide-hd,drive=d", "-M pc -nodefaults -drive file=FILE,format=raw,id=d -device ide-hd,drive=d",
        "-fda FILE", "-M pc -fda FILE", "-M pc -fdb FILE", "-M pc -hda FILE", "-M pc -hda NONE", "-hdd FILE", "-mtdblock FILE", "-M pc -sd FILE", "-pflash FILE", "FILE", "NONE",
        "-fsdev local,id=f,path=/tmp,security_model=none", "-fsdev foo", "-fsdev local,id=f", "-virtfs local,path=/tmp,mount_tag=x,security_model=none", "-virtfs foo",
        "-gdb tcp::12345", "-gdb none", "-s", "-M pc -gdb none", "-iscsi initiator-name=x", "-loadvm foo", "-M pc -hda FILE -loadvm foo",
        "-mem-path NONE", "-M pc -mem-path /dev/shm", "-M pc -m 16 -mem-prealloc", "-no-fd-bootchk", "-M pc -no-fd-bootchk",
        "-numa node", "-M pc -numa node", "-M pc -numa foo", "-M pc -numa node,memdev=m0", "-M pc -numa node,mem=10", "-M pc -smp 2 -numa node,cpus=0 -numa node,cpus=1",
        "-M pc -m 64 -object memory-backend-ram,size=64M,id=m0 -numa node,memdev=m0", "-M pc -m 64 -object memory-backend-ram,size=32M,id=m0 -numa node,memdev=m0",
        "-M pc -smp 2 -numa cpu,node-id=0,socket-id=0", "-M pc -numa dist,src=0,dst=0,val=10", "-M pc -m 64 -object memory-backend-ram,size=64M,id=m0 -numa node,memdev=m0,nodeid=3",
        "-M pc -m 64 -object memory-backend-ram,size=64M,id=m0 -numa node,memdev=m0 -numa node", "-plugin NONE",
        "-set device.foo.bar=1", "-set foo", "-set device.foo", "-set chardev.x.path=y", "-drive if=none,id=d0,format=raw -set drive.d0.file=FILE",
        "-shim x", "-spice port=1", "-tpmdev passthrough,id=x", "-tpmdev foo", "-usbdevice tablet", "-M pc -usbdevice foo", "-xen-attach", "-xen-domid 1", "-xen-domid-restrict",
        "-qtest null -qtest-log none", "-M pc -fw_cfg name=x,string=a", "-M pc -fw_cfg name=opt/x,file=NONE", "-fw_cfg name=opt/x,string=a", "-M pc -bios NONE", "-semihosting-config enable=on",
        "-M pc -device pc-dimm,id=x,memdev=m -object memory-backend-ram,id=m,size=64M", "-cpu qemu64,apic-id=0", "-cpu qemu64", "-run-with user=nonexistent",
    ];

    // What QEMU takes and qmpd does not, with the reason.
    private static readonly (string Option, string Reason)[] Unknown =
    [
        ("-dump-vmstate", "describes how devices migrate, and no device of QEMU's has a state here"),
    ];

    [Test]
    public async Task It_is_taken_or_refused_as_by_QEMU()
    {
        Requirement.Check(EmulatorKind.Qemu);
        Requirement.CheckModules();
        using var folder = new TemporaryFolder();
        var differences = new List<string>();
        await Parallel.ForEachAsync(Same, new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (line, _) =>
        {
            string image = folder.File($"image{Array.IndexOf(Same, line)}"); // locked by one at a time
            await using (FileStream file = File.Create(image)) file.SetLength(1 << 20);
            string[] words = [.. Base(line), .. line.Replace("FILE", image, StringComparison.Ordinal).Replace("NONE", folder.File("none"), StringComparison.Ordinal).Split(' ')];
            (int Status, string Errors) qemu = await RunAsync(EmulatorKind.Qemu, words);
            (int Status, string Errors) qmpd = await RunAsync(EmulatorKind.Qmpd, words);
            if (qemu == qmpd) return;
            lock (differences) differences.Add($"{line}\n  QEMU {qemu.Status} {qemu.Errors}\n  qmpd {qmpd.Status} {qmpd.Errors}");
        });
        Assert.That(differences, Is.Empty);
    }

    [Test]
    public async Task Options_that_are_not_there_are_these()
    {
        Requirement.Check(EmulatorKind.Qemu);
        string[] qemu = Names(await HelpAsync(EmulatorKind.Qemu));
        string[] qmpd = Names(await HelpAsync(EmulatorKind.Qmpd));
        Assert.That(qemu.Except(qmpd), Is.EquivalentTo(Unknown.Select(u => u.Option).Append("-h")), "-h is another name of -help");
    }

    private static string[] Base(string line) => line.Contains("-M ", StringComparison.Ordinal)
        ? ["-display", "none", "-S", "-qmp", "stdio"]
        : ["-M", "none", "-display", "none", "-S", "-qmp", "stdio"];

    private static string[] Names(string help) => [.. Option().Matches(help).Select(m => m.Value.Replace("--", "-", StringComparison.Ordinal)).Distinct()];

    private static async Task<string> HelpAsync(EmulatorKind kind)
    {
        using Process process = Start(kind, ["-help"]);
        return await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
    }

    private static async Task<(int Status, string Errors)> RunAsync(EmulatorKind kind, string[] words)
    {
        using Process process = Start(kind, words);
        try
        {
            await process.StandardInput.WriteAsync("{\"execute\":\"qmp_capabilities\"}\n{\"execute\":\"quit\"}\n");
            await process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // It has ended already.
        }

        Task<string> errors = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience);
        string text = ProgramName().Replace(await errors, "");
        return (process.ExitCode, Inert().Replace(text, ""));
    }

    private static Process Start(EmulatorKind kind, string[] words) => Process.Start(new ProcessStartInfo(EmulatorPrograms.PathOf(kind), words)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    [GeneratedRegex("^(qemu-system-x86_64|qmpd): ", RegexOptions.Multiline)]
    private static partial Regex ProgramName();

    // What the log of qmpd says besides.
    [GeneratedRegex("^warning: devices of QEMU, .*\n", RegexOptions.Multiline)]
    private static partial Regex Inert();

    [GeneratedRegex("^--?[a-zA-Z0-9_-]+", RegexOptions.Multiline)]
    private static partial Regex Option();
}
