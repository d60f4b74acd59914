namespace Qmp.TestSupport;

/// <summary>What is wrong with a certificate.</summary>
public enum TlsFlaw
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It was valid until yesterday.</summary>
    Expired,

    /// <summary>It is valid from the day after tomorrow.</summary>
    NotYetValid,

    /// <summary>Its key may sign certificates only.</summary>
    WrongUsage,

    /// <summary>Its key may sign, and not encipher keys.</summary>
    SignsOnly,

    /// <summary>It is for the other end, and insists on that.</summary>
    WrongPurpose,
}
