namespace Qmp.Protocol.Visitors;

/// <summary>
/// One of the forms that a schema has by conditions that are decided when a program starts (its <em>switches</em>).
/// </summary>
/// <param name="Index">Bit N is set if switch N is on, in the order in which the project file lists them; below 16.</param>
/// <remarks>Generated code makes it of the names of switches: <c>…Schema.VariantOf</c>.</remarks>
public readonly record struct SchemaVariant(int Index)
{
    /// <summary>How many there can be.</summary>
    public const int Limit = 16;

    /// <summary>Its bit of each kind of <see cref="SpecialFeatures"/>.</summary>
    internal SpecialFeatures Mask => (SpecialFeatures)(0x1_0001_0001UL << Index);

    /// <summary>The variant in which those switches are on.</summary>
    /// <param name="switches">All switches, in their order.</param>
    /// <param name="on">Names of those that are on.</param>
    /// <exception cref="ArgumentException">A name is not that of a switch.</exception>
    public static SchemaVariant Of(IReadOnlyList<string> switches, IEnumerable<string> on)
    {
        int index = 0;
        foreach (string name in on)
        {
            int bit = switches.Count - 1;
            while (bit >= 0 && switches[bit] != name) bit--;
            if (bit < 0) throw new ArgumentException($"'{name}' is not a switch of the schema", nameof(on));
            index |= 1 << bit;
        }

        return new SchemaVariant(index);
    }
}
