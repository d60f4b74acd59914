namespace Qapi.Model;

/// <summary>What a value looks like in JSON, as far as alternates tell values apart.</summary>
internal enum WireKind
{
    /// <summary>Anything, or one of several: no alternate can have such a branch.</summary>
    Any,
    Null,
    Number,
    String,
    Object,
    Array,
    Boolean,
}
