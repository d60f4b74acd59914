namespace Qmp.Interop.Kills;

/// <summary>What kind of migration comes to a sudden end.</summary>
internal enum KillKind
{
    /// <summary>Over one connection.</summary>
    Plain,

    /// <summary>With channels for pages.</summary>
    Multifd,

    /// <summary>The guest goes before its memory.</summary>
    Postcopy,
}
