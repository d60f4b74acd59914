using System.Net;
using System.Text;
using Qmp.Simulation.Text;
using ScottPlot;

namespace Qmp.Sim.Plots;

/// <summary>A plot, with the name that tells it from others of a report.</summary>
internal sealed record NamedPlot(string Name, Plot Plot);

/// <summary>Writes plots to files: the end of a name says how.</summary>
internal static class PlotFiles
{
    private const int Width = 900;
    private const int Height = 460;

    /// <summary>Writes them.</summary>
    /// <param name="files">The files: an SVG or PNG gets the first plot, and one beside it each of the others; an HTML report gets all.</param>
    /// <param name="title">The report's title.</param>
    /// <param name="text">The report's text, one paragraph each.</param>
    /// <param name="table">The report's table, the first row being its head; may be empty.</param>
    /// <param name="plots">The plots.</param>
    /// <exception cref="ScenarioException">A name ends in what is not known.</exception>
    public static void Write(
        IEnumerable<string> files, string title, IReadOnlyList<string> text, IReadOnlyList<IReadOnlyList<string>> table, IReadOnlyList<NamedPlot> plots)
    {
        foreach (string file in files)
        {
            string kind = Path.GetExtension(file).ToLowerInvariant();
            if (kind == ".html")
            {
                File.WriteAllText(file, Report(title, text, table, plots));
                continue;
            }

            if (kind is not (".svg" or ".png")) throw new ScenarioException($"{file}: plots are SVG, PNG or HTML");
            for (int i = 0; i < plots.Count; i++)
            {
                string name = i == 0 ? file : Path.ChangeExtension(file, null) + $"-{plots[i].Name}{kind}";
                if (kind == ".svg") File.WriteAllText(name, plots[i].Plot.GetSvgXml(Width, Height));
                else plots[i].Plot.SavePng(name, Width, Height);
            }
        }
    }

    // One file that needs nothing else: the plots are in it.
    private static string Report(
        string title, IReadOnlyList<string> text, IReadOnlyList<IReadOnlyList<string>> table, IReadOnlyList<NamedPlot> plots)
    {
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        html.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.Append($"<title>{Escape(title)}</title>\n<style>\n");
        html.Append("body { font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }\n");
        html.Append("table { border-collapse: collapse; margin: 1rem 0 } td, th { padding: .2rem .8rem; border-bottom: 1px solid #ccc; text-align: right }\n");
        html.Append("td:first-child, th:first-child { text-align: left } svg { max-width: 100%; height: auto } pre { overflow-x: auto; background: #f4f4f4; padding: 1rem }\n");
        html.Append("</style>\n</head>\n<body>\n");
        html.Append($"<h1>{Escape(title)}</h1>\n");
        foreach (string paragraph in text) html.Append(paragraph.StartsWith('{') ? $"<pre>{Escape(paragraph)}</pre>\n" : $"<p>{Escape(paragraph)}</p>\n");
        if (table.Count > 0)
        {
            html.Append("<table>\n");
            for (int row = 0; row < table.Count; row++)
            {
                string cell = row == 0 ? "th" : "td";
                html.Append("<tr>").AppendJoin("", table[row].Select(value => $"<{cell}>{Escape(value)}</{cell}>")).Append("</tr>\n");
            }

            html.Append("</table>\n");
        }

        foreach (NamedPlot plot in plots)
        {
            string svg = plot.Plot.GetSvgXml(Width, Height);
            int start = svg.IndexOf("<svg", StringComparison.Ordinal);
            html.Append($"<figure>\n{svg[Math.Max(0, start)..]}\n</figure>\n");
        }

        return html.Append("</body>\n</html>\n").ToString();
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
