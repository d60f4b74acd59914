using System.Runtime.InteropServices;
using Qmp.Linux;

namespace Qmp.Tls.Credentials;

/// <summary>The files of credentials, by the names that QEMU gives them.</summary>
/// <param name="folder">The property <c>dir</c>.</param>
internal sealed class CredentialFiles(string? folder)
{
    public const string Authorities = "ca-cert.pem";
    public const string Revocations = "ca-crl.pem";
    public const string ServerCertificate = "server-cert.pem";
    public const string ServerKey = "server-key.pem";
    public const string ClientCertificate = "client-cert.pem";
    public const string ClientKey = "client-key.pem";
    public const string Group = "dh-params.pem";
    public const string Keys = "keys.psk";

    private const UnixFileMode ByOthers = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly List<string> _readable = [];

    /// <summary>Files with keys in them that others than their owner can read.</summary>
    public IReadOnlyList<string> ReadableByOthers => _readable;

    /// <summary>The path of a file that must be there.</summary>
    /// <exception cref="TlsException">It is not, or there is no folder.</exception>
    public string Require(string name) => Find(name, isRequired: true)!;

    /// <summary>The path of a file; <see langword="null"/> if it is not there.</summary>
    /// <exception cref="TlsException">It cannot be found out whether it is there.</exception>
    public string? Find(string name) => Find(name, isRequired: false);

    /// <summary>Notes that a file has a key in it.</summary>
    public void NoteKey(string path)
    {
        try
        {
            if (OperatingSystem.IsLinux() && (File.GetUnixFileMode(path) & ByOthers) != 0) _readable.Add(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone meanwhile: whoever reads it says so.
        }
    }

    /// <summary>A file that is no secret.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="prefix">What the message begins with.</param>
    /// <exception cref="TlsException">It cannot be read.</exception>
    public static byte[] Read(string path, string prefix)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TlsException(prefix + Reason(path, e));
        }
    }

    /// <summary>Why a file cannot be read, in GLib's words, which QEMU passes on.</summary>
    public static string Reason(string path, Exception e) => Directory.Exists(path)
        ? $"Error reading file “{path}”: Is a directory"
        : $"Failed to open file “{path}”: {(e is UnauthorizedAccessException ? "Permission denied" : TextOf(e))}";

    private static string TextOf(Exception e) => e is FileNotFoundException or DirectoryNotFoundException
        ? Errno.Text(Errno.NoEntry)
        : Marshal.GetPInvokeErrorMessage(e.HResult & 0xffff);

    private string? Find(string name, bool isRequired)
    {
        if (folder is null) return isRequired ? throw new TlsException("Missing 'dir' property value") : null;
        string path = $"{folder}/{name}";
        int error = Files.Probe(path);
        if (error == 0) return path;
        if (error == -Errno.NoEntry && !isRequired) return null;
        throw new TlsException($"Unable to access credentials {path}: {Errno.Text(error)}");
    }
}
