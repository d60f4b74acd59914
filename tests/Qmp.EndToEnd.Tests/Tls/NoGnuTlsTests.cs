using System.Diagnostics;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.Tls;

/// <summary>A machine on which QEMU's TLS library is not installed.</summary>
/// <remarks>The program runs in a mount namespace of its own, in which an empty file stands in the library's place.</remarks>
[TestFixture]
internal sealed class NoGnuTlsTests
{
    private static readonly string[] Folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib"];

    [Test]
    public async Task Whoever_needs_it_is_told_and_all_else_works()
    {
        string? library = Folders.Select(folder => Path.Combine(folder, "libgnutls.so.30")).FirstOrDefault(File.Exists);
        if (library is null || !await CanHideAsync()) Assert.Ignore("there is no library to hide, or no right to make mount namespaces");
        using Process program = Process.Start(new ProcessStartInfo(
            "unshare",
            [
                "--mount", "sh", "-c", "mount --bind /dev/null \"$0\" && exec \"$@\"", library!, EmulatorPrograms.PathOf(EmulatorKind.Qmpd),
                "-M", "none", "-nodefaults", "-display", "none", "-qmp", "stdio",
            ])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        foreach (string command in (string[])
        [
            "{'execute':'qmp_capabilities'}",
            "{'execute':'object-add','arguments':{'qom-type':'tls-creds-anon','id':'t','endpoint':'server'}}",
            "{'execute':'query-status'}",
            "{'execute':'quit'}",
        ])
        {
            await program.StandardInput.WriteLineAsync(command);
        }

        program.StandardInput.Close();
        Task<string> errors = program.StandardError.ReadToEndAsync();
        string output = await program.StandardOutput.ReadToEndAsync().WaitAsync(EventLog.Patience);
        await program.WaitForExitAsync().WaitAsync(EventLog.Patience);
        Assert.That(program.ExitCode, Is.Zero, await errors);
        Assert.That(
            output,
            Does.Contain("TLS credentials support requires GNUTLS: libgnutls.so.30 is not installed").And.Contain("\"running\": true"));
    }

    private static async Task<bool> CanHideAsync()
    {
        using Process trial = Process.Start(new ProcessStartInfo("unshare", ["--mount", "true"]) { RedirectStandardError = true })!;
        await trial.WaitForExitAsync();
        return trial.ExitCode == 0;
    }
}
