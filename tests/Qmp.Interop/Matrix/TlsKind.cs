namespace Qmp.Interop.Matrix;

/// <summary>How the ends of a migration prove who they are.</summary>
internal enum TlsKind
{
    /// <summary>Not at all, and nothing is enciphered.</summary>
    None,

    /// <summary>By certificates.</summary>
    Certificates,

    /// <summary>By a key that both have.</summary>
    CommonKey,

    /// <summary>Not at all, but what travels is enciphered.</summary>
    Anonymous,
}
