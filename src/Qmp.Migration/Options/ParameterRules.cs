using Qmp.Migration.Rules;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Options;

/// <summary>Checks parameters, alone and together. Texts and order are QEMU's.</summary>
internal static class ParameterRules
{
    /// <summary>What QEMU says where zero-copy meets compression or TLS.</summary>
    public const string ZeroCopyText =
        "Zero copy only available for non-compressed non-TLS multifd migration";

    // Behind this one QEMU checks how parameters go with capabilities, before those that follow.
    private const string LastBeforeCapabilities = "block-bitmap-mapping";

    /// <summary>Checks the parameters that a request would put in force.</summary>
    /// <param name="next">All of them, old ones included.</param>
    /// <param name="old">Those in force.</param>
    /// <param name="capabilities">The capabilities in force.</param>
    /// <param name="rules">The release of QEMU whose texts these are.</param>
    /// <exception cref="MigrationException">A parameter is out of its range, or does not go with a capability.</exception>
    public static void Check(
        MigrationParameters next, MigrationParameters old, CapabilitySet capabilities, MigrationRules rules)
    {
        foreach (MigrationParameter parameter in ParameterTable.All)
        {
            if (parameter.Check?.Invoke(next) is { } wrong) throw new MigrationException(parameter.Complaint(wrong, rules));

            if (parameter.Name == LastBeforeCapabilities) CheckWith(capabilities, next, old);
        }
    }

    /// <summary>Whether the stream is compressed or encrypted, so that pages cannot be sent as they are.</summary>
    public static bool CompressesOrEncrypts(MigrationParameters p) =>
        p.MultifdCompression is not (null or MultiFDCompression.None) || !string.IsNullOrEmpty(p.TlsCreds);

    private static void CheckWith(CapabilitySet capabilities, MigrationParameters next, MigrationParameters old)
    {
        if (capabilities[MigrationCapability.ZeroCopySend] && CompressesOrEncrypts(next))
        {
            throw new MigrationException(ZeroCopyText);
        }

        // QEMU looks at the parameters in force here, not at the new ones.
        if (capabilities[MigrationCapability.MappedRam] && CompressesOrEncrypts(old))
        {
            throw new MigrationException("Mapped-ram only available for non-compressed non-TLS multifd migration");
        }
    }
}
