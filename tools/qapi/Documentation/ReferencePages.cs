using System.Text;
using Qapi.Model;

namespace Qapi.Tool.Documentation;

/// <summary>A schema as web pages: an index, and a page a module. They need nothing else, and no network.</summary>
internal sealed class ReferencePages(QapiSchema schema, string title)
{
    private const string Index = "index.html";

    private const string Style =
        """
        body{font:16px/1.5 system-ui,sans-serif;max-width:54rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
        a{color:#0645ad;text-decoration:none}a:hover{text-decoration:underline}
        h1{font-size:1.7rem}h2{font-size:1.2rem;margin:2.2rem 0 .3rem;border-top:1px solid #ddd;padding-top:1rem}
        h2 .kind,.since,.flag{font-size:.8rem;font-weight:400;color:#666;margin-left:.5rem}.flag{color:#a40}
        code{font:.92em ui-monospace,monospace}table{border-collapse:collapse;margin:.6rem 0;width:100%}
        td,th{text-align:left;vertical-align:top;padding:.25rem .8rem .25rem 0;border-bottom:1px solid #eee}
        td p{margin:0}th{font-weight:600;font-size:.85rem;color:#666}ul.names{columns:14rem;list-style:none;padding:0}
        h3{font-size:.95rem;margin:.8rem 0 0}
        @media(prefers-color-scheme:dark){body{background:#16181c;color:#ddd}a{color:#7ab7ff}td,th,h2{border-color:#333}}
        """;

    private readonly ReferenceText _text = new(schema);

    /// <summary>The pages, by name.</summary>
    public IEnumerable<(string Name, string Text)> Write()
    {
        yield return (Index, WriteIndex());
        foreach (var module in Modules())
            yield return (ReferenceText.PageOf(module), Page(module.Name, WriteModule(module)));
    }

    private IEnumerable<SchemaModule> Modules() => schema.Modules.Where(module => Shown(module).Any());

    private static IEnumerable<SchemaEntity> Shown(SchemaModule module) => module.Entities.Where(ReferenceText.IsShown);

    private string WriteIndex()
    {
        var body = new StringBuilder($"<h1>{ReferenceText.Escape(title)}</h1>\n");
        body.Append("<table><tr><th>module</th><th>commands</th><th>events</th><th>types</th></tr>\n");
        foreach (var module in Modules())
        {
            var shown = Shown(module).ToList();
            body.Append($"<tr><td><a href=\"{ReferenceText.PageOf(module)}\">{ReferenceText.Escape(module.Name)}</a></td>");
            body.Append($"<td>{shown.OfType<Command>().Count()}</td><td>{shown.OfType<Event>().Count()}</td>");
            body.Append($"<td>{shown.OfType<SchemaType>().Count()}</td></tr>\n");
        }
        body.Append("</table>\n");
        List("Commands", schema.Commands);
        List("Events", schema.Events);
        List("Types", schema.Entities.OfType<SchemaType>().Where(ReferenceText.IsShown));
        return Page(title, body.ToString());

        void List(string heading, IEnumerable<SchemaEntity> entities)
        {
            body.Append($"<h2>{heading}</h2>\n<ul class=\"names\">\n");
            foreach (var entity in entities.OrderBy(entity => entity.Name, StringComparer.Ordinal))
                body.Append($"<li>{_text.Link(entity)}</li>\n");
            body.Append("</ul>\n");
        }
    }

    private string WriteModule(SchemaModule module)
    {
        var body = new StringBuilder($"<p><a href=\"{Index}\">{ReferenceText.Escape(title)}</a></p>\n");
        body.Append($"<h1>{ReferenceText.Escape(module.Name)}</h1>\n");
        foreach (var doc in schema.Documentation.Where(doc => doc.Symbol is null && doc.Location.File.FullPath == module.Path))
            body.Append(_text.Paragraphs(doc.Body));
        foreach (var entity in Shown(module))
            new ReferenceEntry(body, _text).Write(entity);
        return body.ToString();
    }

    private string Page(string heading, string body) =>
        $"<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{ReferenceText.Escape(heading)}</title>\n"
            + $"<meta name=\"viewport\" content=\"width=device-width\">\n<style>{Style}</style></head>\n<body>\n{body}</body>\n</html>\n";
}
