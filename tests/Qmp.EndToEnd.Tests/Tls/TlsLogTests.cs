using Qmp.Client;
using Qmp.Client.Migration;
using Qmp.EndToEnd.Tests.CommandLine;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Tls;

/// <summary>What the log tells of keys: where they lie open, and never what they are.</summary>
[TestFixture]
internal sealed class TlsLogTests
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string Key = "0123456789abcdef";

    [TestCase(Own, false)]
    [TestCase(Own | UnixFileMode.GroupRead, true)]
    [TestCase(Own | UnixFileMode.OtherRead, true)]
    public async Task Files_with_keys_that_others_can_read_are_named_without_any_trace(UnixFileMode mode, bool isNamed)
    {
        using var folder = new TemporaryFolder();
        string keys = Path.Combine(TlsAuthority.WriteKeys(folder.File("keys")), "keys.psk");
        SetMode(keys, mode);
        string errors = await RunAsync("-object", $"tls-creds-psk,id=tls0,endpoint=client,dir={folder.File("keys")}", "-D", folder.File("log"));
        Assert.That(errors, Is.Empty, "standard error stays as it is");
        string[] lines = await File.ReadAllLinesAsync(folder.File("log"));
        Assert.That(lines.Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]), Is.EqualTo(isNamed ? [$"tls_creds_readable_by_others {keys}"] : Array.Empty<string>()));
    }

    [Test]
    public async Task Without_a_log_nothing_is_said()
    {
        using var folder = new TemporaryFolder();
        new TlsAuthority().WriteServer(folder.File("server"), ["127.0.0.1"]);
        SetMode(folder.File("server/server-key.pem"), Own | UnixFileMode.OtherRead);
        Assert.That(await RunAsync("-object", $"tls-creds-x509,id=tls0,endpoint=server,dir={folder.File("server")}"), Is.Empty);
    }

    [TestCase("x509")]
    [TestCase("psk")]
    public async Task Keys_are_in_no_log(string kind)
    {
        using var folder = new TemporaryFolder();
        var authority = new TlsAuthority();
        authority.WriteServer(folder.File("server"), ["qemu.org"]);
        authority.WriteClient(folder.File("client"));
        foreach (string end in (string[])["server", "client"]) TlsAuthority.WriteKeys(folder.File(end), $"qemu:{Key}");
        string[] words = ["-M", "none", "-m", "16M", "-d", "trace:*", "-D"];
        string qmpd = QmpdRun.Program;
        string errors;
        await using (QemuProcess target = await QemuProcess.StartAsync(
            qmpd, [.. words, folder.File("dst.log"), "-object", $"tls-creds-{kind},id=tls0,endpoint=server,dir={folder.File("server")}", "-incoming", "defer"]))
        {
            await target.Qmp.ExecuteRawAsync("migrate-set-parameters", new() { ["tls-creds"] = "tls0" });
            await target.Qmp.ExecuteRawAsync("migrate-incoming", new() { ["uri"] = $"unix:{folder.File("mig")}" });
            await using QemuProcess source = await QemuProcess.StartAsync(qmpd, [.. words, folder.File("src.log")]);
            await source.Qmp.ExecuteRawAsync(
                "object-add", new() { ["qom-type"] = $"tls-creds-{kind}", ["id"] = "tls0", ["endpoint"] = "client", ["dir"] = folder.File("client") });
            MigrationResult result = await source.Qmp.RunMigrationAsync(new()
            {
                Uri = $"unix:{folder.File("mig")}",
                Parameters = new() { TlsCreds = new StrOrNull.S("tls0"), TlsHostname = new StrOrNull.S("qemu.org") },
            });
            Assert.That(result.Outcome, Is.EqualTo(MigrationOutcome.Completed));
            errors = source.StandardError + target.StandardError;
        }

        string told = errors + await File.ReadAllTextAsync(folder.File("src.log")) + await File.ReadAllTextAsync(folder.File("dst.log"));
        Assert.That(told, Does.Contain("tls_handshake_complete"));
        string[] secrets = [Key, .. TlsAuthority.KeyText.Split('\n').Where(line => line.Length > 0 && !line.StartsWith("-----", StringComparison.Ordinal))];
        Assert.That(secrets, Has.Length.GreaterThan(20));
        foreach (string secret in secrets) Assert.That(told.Contains(secret, StringComparison.OrdinalIgnoreCase), Is.False, "a key is in the log");
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (OperatingSystem.IsLinux()) File.SetUnixFileMode(path, mode);
    }

    private static async Task<string> RunAsync(params string[] words)
    {
        using QmpdRun run = QmpdRun.Start(["-M", "none", "-nodefaults", "-display", "none", "-qmp", "stdio", .. words]);
        await run.GreetsAsync();
        await run.AskAsync("{\"execute\": \"qmp_capabilities\"}");
        await run.AskAsync("{\"execute\": \"quit\"}");
        Assert.That(await run.ExitAsync(), Is.Zero);
        return run.Errors;
    }
}
