using System.Globalization;
using System.Text;
using Qmp.Migration.Options;
using Qmp.Types;

namespace Qmp.Emulator.HumanMonitor;

/// <summary><c>info migrate_parameters</c>, to the letter.</summary>
internal static class ParametersText
{
    public static string Of(MigrationOptions options)
    {
        var text = new StringBuilder();
        foreach (MigrationParameter parameter in ParameterTable.In(options.Rules).Where(p => p.Line > 0).OrderBy(p => p.Line))
        {
            switch (parameter.ValueIn(options.Parameters))
            {
                case IReadOnlyList<string> words:
                    text.Append(CultureInfo.InvariantCulture, $"{parameter.Name}: {string.Join(' ', words)}\n");
                    break;

                case IReadOnlyList<BitmapMigrationNodeAlias> mapping:
                    Append(text, mapping);
                    break;

                case { } value:
                    text.Append(CultureInfo.InvariantCulture, $"{parameter.Name}: {Word(value)}{parameter.Unit}\n");
                    break;
            }
        }

        return text.ToString();
    }

    private static object Word(object value) => value switch
    {
        bool on => on ? "on" : "off",
        string text => $"'{text}'",
        MultiFDCompression compression => compression.ToWireName(),
        ZeroPageDetection detection => detection.ToWireName(),
        MigMode mode => mode.ToWireName(),
        _ => value,
    };

    private static void Append(StringBuilder text, IReadOnlyList<BitmapMigrationNodeAlias> mapping)
    {
        text.Append("block-bitmap-mapping:\n");
        foreach (BitmapMigrationNodeAlias node in mapping)
        {
            text.Append(CultureInfo.InvariantCulture, $"  '{node.NodeName}' -> '{node.Alias}'\n");
            foreach (BitmapMigrationBitmapAlias bitmap in node.Bitmaps)
            {
                text.Append(CultureInfo.InvariantCulture, $"    '{bitmap.Name}' -> '{bitmap.Alias}'\n");
            }
        }
    }
}
