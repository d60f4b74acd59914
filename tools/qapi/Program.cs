using System.Text;
using Qapi.Tool;

// Schema text is UTF-8 whatever the terminal's locale says.
using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false));
using var error = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false));
return QapiTool.Run(args, output, error);
