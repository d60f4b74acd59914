using Qapi.Tool;
using Qmp.Tools;

return await StandardStreams.RunAsync(
    "qapi", QapiTool.SchemaError, (output, error) => Task.FromResult(QapiTool.Run(args, output, error)));
