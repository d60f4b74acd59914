using Qmp.Sim.CommandLine;
using Qmp.Tools;

return await StandardStreams.RunAsync("qmp-sim", SimTool.Failure, (output, error) => SimTool.RunAsync(args, output, error));
