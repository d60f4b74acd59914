namespace Qmp.Tls.Authorization;

/// <summary>Lets one peer in.</summary>
/// <param name="expected">Which one.</param>
public sealed class SimpleAuthorization(string expected) : TlsAuthorization
{
    /// <inheritdoc/>
    public override bool Allows(string identity) => string.Equals(expected, identity, StringComparison.Ordinal);
}
