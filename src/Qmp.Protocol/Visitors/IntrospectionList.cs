namespace Qmp.Protocol.Visitors;

/// <summary>Puts the answer to <c>query-qmp-schema</c> together, of entries that are in some variants of a schema.</summary>
public static class IntrospectionList
{
    /// <summary>The list of the entries that are in a variant.</summary>
    /// <param name="text">All entries, one behind the other: UTF-8.</param>
    /// <param name="ends">Where each ends in <paramref name="text"/>, in bytes.</param>
    /// <param name="variants">The variants that each is in: bit N stands for the variant with index N.</param>
    /// <param name="variant">The variant.</param>
    /// <returns>A JSON array: UTF-8.</returns>
    public static byte[] Of(
        ReadOnlySpan<byte> text, ReadOnlySpan<int> ends, ReadOnlySpan<ushort> variants, SchemaVariant variant)
    {
        var list = new MemoryStream(text.Length + 2);
        list.Write("["u8);
        int start = 0;
        for (int i = 0; i < ends.Length; start = ends[i++])
        {
            if ((variants[i] >> variant.Index & 1) == 0) continue;
            if (list.Length > 1) list.Write(", "u8);
            list.Write(text[start..ends[i]]);
        }

        list.Write("]"u8);
        return list.ToArray();
    }
}
