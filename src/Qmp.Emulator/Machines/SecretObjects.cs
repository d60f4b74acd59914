using System.Security.Cryptography;
using System.Text;
using Qmp.Emulator.Files;
using Qmp.Server.Dispatch;
using Qmp.Tls;
using Qmp.Tls.GnuTls;
using Qmp.Types;

namespace Qmp.Emulator.Machines;

/// <summary>What <c>secret</c> objects hold: read when one is made, and kept until it is deleted.</summary>
internal sealed class SecretObjects
{
    private readonly Dictionary<string, byte[]> _values = new(StringComparer.Ordinal);

    /// <summary>Reads one, as QEMU does when it makes it.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="secret">What it is.</param>
    /// <exception cref="CommandException">It has no value, or its key is not there.</exception>
    public void Make(string id, SecretProperties secret)
    {
        if (secret is { Data: not null, File: not null }) throw new CommandException("'file' and 'data' are mutually exclusive");
        byte[] value = secret.File is { } path ? Read(path)
            : secret.Data is { } data ? Encoding.UTF8.GetBytes(data)
            : throw new CommandException("Either 'file' or 'data' must be provided");
        try
        {
            if (secret.Keyid is { } key) value = Decipher(secret, key, value);
            else if (secret.Format == QCryptoSecretFormat.Base64) value = FromBase64(value);
        }
        catch (TlsException e)
        {
            throw new CommandException(e.Message);
        }

        Forget(id);
        _values[id] = value;
    }

    /// <summary>A copy of the value of a secret.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="isObject">Whether there is an object of that id.</param>
    /// <exception cref="CommandException">There is none.</exception>
    public byte[] Find(string id, Func<string, bool> isObject) => _values.TryGetValue(id, out byte[]? value)
        ? (byte[])value.Clone()
        : throw new CommandException(isObject(id) ? $"Object with id '{id}' is not a secret" : $"No secret with id '{id}'");

    /// <summary>It is not there any more.</summary>
    public void Forget(string id)
    {
        if (_values.Remove(id, out byte[]? value)) CryptographicOperations.ZeroMemory(value);
    }

    private byte[] Decipher(SecretProperties secret, string keyId, byte[] value)
    {
        if (!_values.TryGetValue(keyId, out byte[]? key)) throw new CommandException($"No secret with id '{keyId}'");
        if (key.Length != SecretCipher.KeySize) throw new CommandException("Key should be 32 bytes in length");
        if (secret.Iv is null) throw new CommandException("IV is required to decrypt secret");
        byte[] vector = FromBase64(Encoding.UTF8.GetBytes(secret.Iv));
        if (vector.Length != SecretCipher.BlockSize) throw new CommandException($"IV should be 16 bytes in length not {vector.Length}");
        byte[] bytes = secret.Format == QCryptoSecretFormat.Base64 ? FromBase64(value) : value;
        if (bytes.Length == 0 || bytes.Length % SecretCipher.BlockSize != 0)
        {
            throw new CommandException($"Length {bytes.Length} must be a multiple of block size 16");
        }

        SecretCipher.Decipher(key, vector, bytes);
        int padding = bytes[^1];
        if (padding is 0 or > SecretCipher.BlockSize)
        {
            throw new CommandException($"Incorrect number of padding bytes ({padding}) found on decrypted data");
        }

        byte[] plain = bytes[..^padding];
        CryptographicOperations.ZeroMemory(bytes);
        return plain;
    }

    private static byte[] FromBase64(byte[] text)
    {
        try
        {
            return Convert.FromBase64String(Encoding.UTF8.GetString(text));
        }
        catch (FormatException)
        {
            throw new CommandException("Base64 data contains invalid characters");
        }
    }

    private static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException($"Unable to read {path}: Failed to open file “{path}”: {FileErrors.Text(e)}");
        }
    }
}
