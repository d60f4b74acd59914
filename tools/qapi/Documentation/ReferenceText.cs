using System.Net;
using System.Text;
using Qapi.Emit;
using Qapi.Model;

namespace Qapi.Tool.Documentation;

/// <summary>Names, links and paragraphs of a reference.</summary>
internal sealed class ReferenceText(QapiSchema schema)
{
    /// <summary>Whether something has an entry of its own: what is written in the schema.</summary>
    public static bool IsShown(SchemaEntity entity) => entity switch
    {
        ArrayType or BuiltinType => false,
        ObjectType { IsImplicit: true } => false,
        EnumType { Origin: null } => false,
        _ => true,
    };

    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <summary>The page of a module.</summary>
    public static string PageOf(SchemaModule module) =>
        Path.ChangeExtension(module.Name.Replace('/', '-').TrimStart('.'), ".html") is var page && page == "index.html"
            ? "index-module.html"
            : page;

    /// <summary>The place of something within its page.</summary>
    public static string Anchor(SchemaEntity entity) => entity switch
    {
        Command => "command-" + entity.Name,
        Event => "event-" + entity.Name,
        _ => "type-" + entity.Name,
    };

    public string Link(SchemaEntity entity) =>
        $"<a href=\"{PageOf(entity.Module)}#{Escape(Anchor(entity))}\"><code>{Escape(entity.Name)}</code></a>";

    /// <summary>A type where it is used.</summary>
    public string TypeName(SchemaType type) => type switch
    {
        ArrayType array => $"[{TypeName(array.ElementType)}]",
        _ when IsShown(type) => Link(type),
        ObjectType => "object",
        _ => $"<code>{Escape(type.Name)}</code>",
    };

    /// <summary>A section as paragraphs and lists.</summary>
    public string Paragraphs(DocSection? section)
    {
        var text = new StringBuilder();
        var open = "";
        var begins = true;
        foreach (var line in section?.Lines ?? [])
        {
            var content = line.Trim();
            if (content.Length == 0)
            {
                begins = true;
                continue;
            }
            if (content.StartsWith("- ", StringComparison.Ordinal) || content.StartsWith("* ", StringComparison.Ordinal))
            {
                Open(open == "ul" ? "" : "<ul>", "ul");
                text.Append("<li>").Append(Markup(content[2..])).Append('\n');
            }
            else if (content.StartsWith("= ", StringComparison.Ordinal) || content.StartsWith("== ", StringComparison.Ordinal))
            {
                Open("", "");
                text.Append($"<h3>{Markup(content.TrimStart('=', ' '))}</h3>\n");
            }
            else if (begins && !(open == "ul" && line.StartsWith(' ')))
            {
                Open("<p>", "p");
                text.Append(Markup(content)).Append('\n');
            }
            else
            {
                text.Append(Markup(content)).Append('\n');
            }
            begins = false;
        }
        Open("", "");
        return text.ToString();

        void Open(string tag, string name)
        {
            if (open.Length > 0 && !(open == "ul" && name == "ul"))
                text.Append($"</{open}>\n");
            text.Append(tag);
            open = name;
        }
    }

    // What is referred to by @name is code, and a link where it has an entry.
    private string Markup(string line)
    {
        var marked = DocReference.Replace(Escape(line), "\u0001", "\u0002");
        var text = new StringBuilder(marked.Length);
        var start = 0;
        for (int at; (at = marked.IndexOf('\u0001', start)) >= 0;)
        {
            var end = marked.IndexOf('\u0002', at);
            var name = marked[(at + 1)..end];
            text.Append(marked, start, at - start);
            text.Append(schema.Find(name) is { } entity && IsShown(entity) ? Link(entity) : $"<code>{name}</code>");
            start = end + 1;
        }
        return text.Append(marked, start, marked.Length - start).ToString();
    }
}
