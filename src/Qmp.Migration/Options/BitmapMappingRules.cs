using System.Text;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Options;

/// <summary>What <c>block-bitmap-mapping</c> may hold. Texts are QEMU's.</summary>
internal static class BitmapMappingRules
{
    /// <exception cref="MigrationException">A name is malformed, too long, or given twice.</exception>
    public static void Check(IReadOnlyList<BitmapMigrationNodeAlias> mapping)
    {
        var nodes = new HashSet<string>(StringComparer.Ordinal);
        var aliases = new HashSet<string>(StringComparer.Ordinal);
        foreach (BitmapMigrationNodeAlias node in mapping)
        {
            if (!IsWellFormed(node.Alias)) Invalid($"The node alias '{node.Alias}' is not well-formed");
            if (Length(node.Alias) > 255) Invalid($"The node alias '{node.Alias}' is longer than 255 bytes");
            if (Length(node.NodeName) > 31) Invalid($"The node name '{node.NodeName}' is longer than 31 bytes");
            if (!nodes.Add(node.NodeName)) Invalid($"The node name '{node.NodeName}' is mapped twice");
            if (!aliases.Add(node.Alias)) Invalid($"The node alias '{node.Alias}' is used twice");
            CheckBitmaps(node);
        }
    }

    private static void CheckBitmaps(BitmapMigrationNodeAlias node)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var aliases = new HashSet<string>(StringComparer.Ordinal);
        foreach (BitmapMigrationBitmapAlias bitmap in node.Bitmaps)
        {
            if (Length(bitmap.Alias) > 255) Invalid($"The bitmap alias '{bitmap.Alias}' is longer than 255 bytes");
            if (Length(bitmap.Name) > 1023) Invalid($"The bitmap name '{bitmap.Name}' is longer than 1023 bytes");
            if (!names.Add(bitmap.Name)) Invalid($"The bitmap '{node.NodeName}'/'{bitmap.Name}' is mapped twice");
            if (!aliases.Add(bitmap.Alias))
            {
                Invalid($"The bitmap alias '{node.Alias}'/'{bitmap.Alias}' is used twice");
            }
        }
    }

    // An id: a letter, then letters, digits, '-', '.', '_'.
    private static bool IsWellFormed(string id) =>
        id.Length > 0 && char.IsAsciiLetter(id[0])
        && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');

    private static int Length(string text) => Encoding.UTF8.GetByteCount(text);

    private static void Invalid(string text) =>
        throw new MigrationException($"Invalid mapping given for block-bitmap-mapping: {text}");
}
