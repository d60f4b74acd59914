using Newtonsoft.Json.Linq;
using Qmp.EndToEnd.Tests.Devices;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.Tls;

/// <summary>What QEMU says of objects of TLS when they are made, and what qmpd says.</summary>
[Category("Slow")]
[TestFixture(EmulatorKind.Qmpd)]
[TestFixture(EmulatorKind.Qemu)]
internal sealed class TlsObjectTests(EmulatorKind kind)
{
    private TemporaryFolder _folder = null!;
    private TlsFolders _tls = null!;
    private StdioMonitor _emulator = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _folder = new TemporaryFolder();
        _tls = new TlsFolders(_folder);
        _emulator = await StdioMonitor.StartAsync(
            kind, "-M", "none", "-nodefaults", "-S", "-object", "secret,id=word,data=sesame", "-object", "rng-builtin,id=rng");
    }

    [OneTimeTearDown]
    public async Task EndAsync()
    {
        if (_emulator is not null) await _emulator.DisposeAsync();
        _folder?.Dispose();
    }

    [TestCase("server", "", "", null)]
    [TestCase("client", "", "", null)]
    [TestCase("nobody", "", "", null)]
    [TestCase("server", "ca-cert.pem", null, "Unable to access credentials DIR/ca-cert.pem: No such file or directory")]
    [TestCase("server", "server-cert.pem", null, "Unable to access credentials DIR/server-cert.pem: No such file or directory")]
    [TestCase("server", "server-key.pem", null, "Unable to access credentials DIR/server-key.pem: No such file or directory")]
    [TestCase("client", "client-key.pem", null, null)]
    [TestCase("server", "ca-cert.pem", "hello", "Unable to import CA certificate list DIR/ca-cert.pem")]
    [TestCase("server", "server-cert.pem", "hello", "Unable to import server certificate DIR/server-cert.pem: Base64 unexpected header error.")]
    [TestCase("server", "server-key.pem", "hello", "Cannot load certificate 'DIR/server-cert.pem' & key 'DIR/server-key.pem': The requested data were not available.")]
    [TestCase("server", "ca-crl.pem", "hello", "Cannot load CRL 'DIR/ca-crl.pem': Base64 decoding error.")]
    [TestCase("server", "dh-params.pem", "hello", "Unable to load DH parameters from DIR/dh-params.pem: Base64 unexpected header error.")]
    [TestCase("expired-server", "", "", "The server certificate DIR/server-cert.pem has expired")]
    [TestCase("expired-client", "", "", "The client certificate DIR/client-cert.pem has expired")]
    [TestCase("NotYetValid-server", "", "", "The server certificate DIR/server-cert.pem is not yet active")]
    [TestCase("NotYetValid-client", "", "", "The client certificate DIR/client-cert.pem is not yet active")]
    [TestCase("WrongUsage-server", "", "", "Certificate DIR/server-cert.pem usage does not permit digital signature")]
    [TestCase("WrongUsage-client", "", "", "Certificate DIR/client-cert.pem usage does not permit digital signature")]
    [TestCase("SignsOnly-server", "", "", "Certificate DIR/server-cert.pem usage does not permit key encipherment")]
    [TestCase("WrongPurpose-server", "", "", "Certificate DIR/server-cert.pem purpose does not allow use with a TLS server")]
    [TestCase("WrongPurpose-client", "", "", "Certificate DIR/client-cert.pem purpose does not allow use with a TLS client")]
    [TestCase("strict-server", "", "", null)]
    public async Task Certificates(string folder, string file, string? content, string? refusal)
    {
        string path = Copy(folder);
        if (content is null) File.Delete(Path.Combine(path, file));
        else if (file.Length > 0) await File.WriteAllTextAsync(Path.Combine(path, file), content);
        JObject asked = TlsFolders.Certificates(folder.Contains("server", StringComparison.Ordinal) ? "server" : "client", path);
        await CheckAsync(asked, refusal?.Replace("DIR", path, StringComparison.Ordinal));
    }

    [TestCase("ca-cert.pem", "Cannot load CA cert list FILE: Error reading file “FILE”: Is a directory")]
    [TestCase("server-cert.pem", "Cannot load CA cert list FILE: Error reading file “FILE”: Is a directory")]
    [TestCase("server-key.pem", "Cannot load certificate 'DIR/server-cert.pem' & key 'FILE': Error while reading file.")]
    [TestCase("ca-crl.pem", "Cannot load CRL 'FILE': Error while reading file.")]
    [TestCase("dh-params.pem", "Error reading file “FILE”: Is a directory")]
    public async Task A_file_that_cannot_be_read(string file, string refusal)
    {
        string path = Copy("server");
        string unreadable = Path.Combine(path, file);
        File.Delete(unreadable);
        Directory.CreateDirectory(unreadable); // which not even root can read
        await CheckAsync(
            TlsFolders.Certificates("server", path),
            refusal.Replace("FILE", unreadable, StringComparison.Ordinal).Replace("DIR", path, StringComparison.Ordinal));
    }

    [Test]
    public async Task A_file_of_common_keys_that_cannot_be_read()
    {
        string path = Directory.CreateDirectory(_folder.File(Guid.NewGuid().ToString("n"))).FullName;
        Directory.CreateDirectory(Path.Combine(path, "keys.psk"));
        await CheckAsync(TlsFolders.CommonKey("client", path), $"Cannot read PSK file {path}/keys.psk: Error reading file “{path}/keys.psk”: Is a directory");
    }

    [TestCase("no", "No secret with id 'no'")]
    [TestCase("rng", "Object with id 'rng' is not a secret")]
    [TestCase("word", null)]
    public Task Passwords(string secret, string? refusal) =>
        CheckAsync(new JObject(TlsFolders.Certificates("server", _tls.Server)) { ["passwordid"] = secret }, refusal);

    [Test]
    public async Task Certificate_that_the_own_authority_has_not_issued()
    {
        string path = Copy("server");
        File.Copy(Path.Combine(_tls.Doubter, "ca-cert.pem"), Path.Combine(path, "ca-cert.pem"), overwrite: true);
        await CheckAsync(
            TlsFolders.Certificates("server", path),
            $"Our own certificate {path}/server-cert.pem failed validation against {path}/ca-cert.pem: The certificate hasn't got a known issuer");
    }

    [TestCase("client", null, "qemu:0011223344556677", null)]
    [TestCase("client", "other", "qemu:0011223344556677", "Username other not found in PSK file DIR/keys.psk")]
    [TestCase("client", null, "qemu:zz", "Cannot set PSK client credentials: Error in parsing.")]
    [TestCase("client", null, "nonsense", "Username qemu not found in PSK file DIR/keys.psk")]
    [TestCase("server", null, "qemu:0011223344556677", null)]
    [TestCase("server", "qemu", "qemu:0011223344556677", "username should not be set when endpoint=server")]
    [TestCase("server", null, null, "Unable to access credentials DIR/keys.psk: No such file or directory")]
    public async Task Common_keys(string endpoint, string? user, string? line, string? refusal)
    {
        string path = Directory.CreateDirectory(_folder.File(Guid.NewGuid().ToString("n"))).FullName;
        if (line is not null) await File.WriteAllTextAsync(Path.Combine(path, "keys.psk"), line + "\n");
        JObject asked = TlsFolders.CommonKey(endpoint, path);
        if (user is not null) asked["username"] = user;
        await CheckAsync(asked, refusal?.Replace("DIR", path, StringComparison.Ordinal));
    }

    [TestCase("{'qom-type':'tls-creds-x509'}", "Missing 'dir' property value")]
    [TestCase("{'qom-type':'tls-creds-psk'}", "Missing 'dir' property value")]
    [TestCase("{'qom-type':'tls-creds-anon'}", null)]
    [TestCase("{'qom-type':'tls-creds-anon','endpoint':'server','dir':'/nonexistent'}", null)]
    [TestCase("{'qom-type':'tls-creds-anon','endpoint':'middle'}", "Parameter 'endpoint' does not accept value 'middle'")]
    [TestCase("{'qom-type':'tls-cipher-suites'}", "'priority' property is not set")]
    [TestCase("{'qom-type':'authz-simple'}", "Parameter 'identity' is missing")]
    [TestCase("{'qom-type':'authz-simple','identity':'CN=x'}", null)]
    [TestCase("{'qom-type':'authz-list','rules':[{'match':'CN=*','policy':'allow','format':'glob'}]}", null)]
    [TestCase("{'qom-type':'authz-list','rules':[{'match':'CN=*'}]}", "Parameter 'rules[0].policy' is missing")]
    [TestCase("{'qom-type':'authz-listfile','filename':'/etc/passwd'}", "invalid object type: authz-listfile")]
    [TestCase("{'qom-type':'authz-pam','service':'x'}", "invalid object type: authz-pam")]
    public Task Others(string asked, string? refusal) => CheckAsync(new JObject(JObject.Parse(asked)) { ["id"] = TlsFolders.Id }, refusal);

    [Test]
    public async Task Properties_have_QEMUs_defaults()
    {
        await _emulator.AskAsync("object-add", TlsFolders.Certificates("server", _tls.Server));
        foreach ((string name, JToken value) in (IEnumerable<(string, JToken)>)
            [("endpoint", "server"), ("verify-peer", true), ("sanity-check", true), ("priority", ""), ("passwordid", ""), ("dir", _tls.Server)])
        {
            JToken actual = await _emulator.AskAsync("qom-get", new JObject { ["path"] = $"/objects/{TlsFolders.Id}", ["property"] = name });
            Assert.That(actual, Is.EqualTo(value), name);
        }

        await _emulator.AskAsync("object-del", new JObject { ["id"] = TlsFolders.Id });
    }

    private async Task CheckAsync(JObject asked, string? refusal)
    {
        Assert.That(await _emulator.RefusalAsync("object-add", asked), Is.EqualTo(refusal));
        if (refusal is null) await _emulator.AskAsync("object-del", new JObject { ["id"] = TlsFolders.Id });
    }

    private string Copy(string name)
    {
        string path = Directory.CreateDirectory(_folder.File(Guid.NewGuid().ToString("n"))).FullName;
        foreach (string file in Directory.EnumerateFiles(_folder.File(name))) File.Copy(file, Path.Combine(path, Path.GetFileName(file)));
        return path;
    }
}
