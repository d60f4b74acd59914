using Demo;
using Qmp.Tools;

return await StandardStreams.RunAsync(
    "demo", DemoCommand.Failure, (output, error) => DemoCommand.RunAsync(args, output, error));
