using Qmp.Tls;
using Qmp.Tls.Authorization;
using Qmp.Tls.Credentials;
using Qmp.Tls.Sessions;

namespace Qmp.Migration.Tests.Tls;

/// <summary>Sessions without connections: what they say, what they take, and what they leave behind.</summary>
[TestFixture]
internal sealed class TlsSessionTests
{
    [TestCase("x509")]
    [TestCase("psk")]
    [TestCase("anon")]
    public void What_is_enciphered_is_deciphered(string kind)
    {
        using var ends = new TlsEnds(kind);
        using TlsSession client = ends.Client();
        using TlsSession server = ends.Server();
        TlsEnds.Connect(client, server);
        byte[] sent = new byte[100_000];
        new Random(1).NextBytes(sent);
        client.Encipher(sent);
        int carried = TlsEnds.Carry(client, server);
        Assert.That(carried, Is.LessThan(sent.Length + 500), "records are large");
        byte[] received = new byte[sent.Length];
        Assert.That(server.Decipher(received), Is.EqualTo(sent.Length));
        Assert.That(received, Is.EqualTo(sent));
        Assert.That(server.Decipher(received), Is.Negative);
    }

    [Test]
    public void Stream_that_is_ended_has_an_end_and_one_that_is_cut_has_an_error()
    {
        using var ends = new TlsEnds();
        using TlsSession client = ends.Client();
        using TlsSession server = ends.Server();
        TlsEnds.Connect(client, server);
        client.End();
        TlsEnds.Carry(client, server);
        Assert.That(server.Decipher(new byte[10]), Is.Zero);
        client.Received(0);
        Assert.That(
            () => client.Decipher(new byte[10]),
            Throws.InstanceOf<TlsException>().With.Message.EqualTo("Cannot read from TLS channel: The TLS connection was non-properly terminated.")
                .And.Property("IsTruncation").True);
    }

    [Test]
    public void Handshake_takes_bytes_one_by_one()
    {
        using var ends = new TlsEnds("x509");
        using TlsSession client = ends.Client();
        using TlsSession server = ends.Server();
        bool isOpen = false;
        bool isServed = false;
        for (int turn = 0; turn < 10 && !(isOpen && isServed); turn++)
        {
            isOpen = Step(client, server, isOpen);
            isServed = Step(server, client, isServed);
        }

        Assert.That(isOpen && isServed);

        static bool Step(TlsSession from, TlsSession to, bool isDone)
        {
            isDone = isDone || from.Handshake();
            byte[] bytes = from.TakeOutput().ToArray();
            foreach (byte value in bytes)
            {
                TlsEnds.Feed(to, [value]);
            }

            return isDone;
        }
    }

    [Test]
    public void Old_versions_are_refused()
    {
        using var ends = new TlsEnds();
        using PskCredentials old = PskCredentials.Create(TlsEndpoint.Client, ends.ClientFolder, null, "NORMAL:-VERS-ALL:+VERS-TLS1.1");
        Assert.That(
            () => new TlsSession(new TlsSessionOptions(old)),
            Throws.InstanceOf<TlsException>().With.Message.StartsWith("Unable to set TLS session priority NORMAL:-VERS-ALL:+VERS-TLS1.1"));
    }

    [Test]
    public void Private_key_of_a_certificate_is_zeroed_after_use()
    {
        using var ends = new TlsEnds("x509");
        SensitiveBytes? read = null;
        byte[] password = "sesame"u8.ToArray();
        using X509Credentials made = X509Credentials.Create(
            ends.Options(TlsEndpoint.Server) with { Password = () => password },
            path => read = SensitiveBytes.Read(path));
        Assert.That(read!.Span.Length, Is.GreaterThan(1000));
        Assert.That(read.Span.IndexOfAnyExcept((byte)0), Is.Negative);
        Assert.That(password, Is.All.Zero);
    }

    [Test]
    public void Common_key_is_zeroed_after_use()
    {
        using var ends = new TlsEnds();
        SensitiveBytes? read = null;
        using PskCredentials made = PskCredentials.Create(
            TlsEndpoint.Client, ends.ClientFolder, null, null, path => read = SensitiveBytes.Read(path));
        Assert.That(read!.Span.Length, Is.GreaterThan(10));
        Assert.That(read.Span.IndexOfAnyExcept((byte)0), Is.Negative);
    }

    [TestCase(UnixFileMode.UserRead, false)]
    [TestCase(UnixFileMode.UserRead | UnixFileMode.GroupRead, true)]
    [TestCase(UnixFileMode.UserRead | UnixFileMode.OtherRead, true)]
    public void Files_with_keys_that_others_can_read_are_named(UnixFileMode mode, bool isNamed)
    {
        using var ends = new TlsEnds();
        string path = Path.Combine(ends.ClientFolder, "keys.psk");
        if (OperatingSystem.IsLinux()) File.SetUnixFileMode(path, mode);
        using PskCredentials made = PskCredentials.Create(TlsEndpoint.Client, ends.ClientFolder, null, null);
        Assert.That(made.ReadableByOthers, Is.EqualTo(isNamed ? [path] : Array.Empty<string>()));
    }

    [Test]
    public void Session_outlives_its_credentials()
    {
        var ends = new TlsEnds();
        using TlsSession client = ends.Client();
        using TlsSession server = ends.Server();
        ends.Credentials(TlsEnds.Id, TlsEndpoint.Client).Dispose();
        TlsEnds.Connect(client, server);
        ends.Dispose();
        client.Dispose();
        Assert.That(ends.Client, Throws.InstanceOf<TlsException>());
    }

    [TestCase("CN=a", "CN=a", true)]
    [TestCase("CN=a", "CN=ab", false)]
    [TestCase("CN=*", "CN=", true)]
    [TestCase("CN=*,O=x", "CN=a,O=x,O=x", true)]
    [TestCase("*a*b*", "xxaxxbxx", true)]
    [TestCase("*a*b*", "xxbxxaxx", false)]
    [TestCase("C?=a", "CN=a", true)]
    [TestCase("C?=a", "C=a", false)]
    [TestCase("", "", true)]
    public void Patterns_fit_as_in_a_shell(string pattern, string name, bool fits)
    {
        var list = new ListAuthorization([new AuthorizationRule(pattern, IsPattern: true, Allows: true)], allowsOthers: false);
        Assert.That(list.Allows(name), Is.EqualTo(fits));
    }

    [Test]
    public void First_rule_that_fits_decides()
    {
        var list = new ListAuthorization(
            [new("CN=bad", IsPattern: false, Allows: false), new("CN=*", IsPattern: true, Allows: true)], allowsOthers: false);
        Assert.That(list.Allows("CN=bad"), Is.False);
        Assert.That(list.Allows("CN=good"), Is.True);
        Assert.That(list.Allows("O=x"), Is.False);
    }
}
