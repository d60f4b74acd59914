namespace Qmp.Emulator.CommandLine;

/// <summary>How QEMU reads the argument of an option, which also decides what it says of mistakes.</summary>
internal enum OptionForm
{
    /// <summary>A tree of <c>key.sub=value</c>.</summary>
    Tree,

    /// <summary>A flat list whose keys are the members of a schema type.</summary>
    List,

    /// <summary>A flat list whose keys are held in a table.</summary>
    Table,

    /// <summary>A flat list of an object's properties; the value of the implied key names its type.</summary>
    Properties,
}
