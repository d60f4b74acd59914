namespace Qmp.Protocol.Visitors;

/// <summary>The kinds of JSON values that an alternate tells apart.</summary>
public enum JsonKind
{
    /// <summary>The value is absent.</summary>
    None,

    /// <summary><c>null</c>.</summary>
    Null,

    /// <summary>An integer or any other number.</summary>
    Number,

    /// <summary>A string.</summary>
    String,

    /// <summary>An object.</summary>
    Object,

    /// <summary>An array.</summary>
    Array,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,
}
