using Qmp.Conversations.Targets;
using Qmp.Emulator;
using Qmp.Emulator.Options;
using Qmp.Testing.Hosting;

namespace Qmp.Testing;

/// <summary>Starts emulators inside this process, each as <c>qmpd</c> does from its command line.</summary>
/// <remarks>
/// Monitors on Unix sockets are served over memory, or over a socket if descriptors are to be passed to them.
/// Everything else is real: threads, migration sockets, files. Relative names of files are names in the current
/// folder of this process, so conversations name files with <c>@RUN@</c>.
/// </remarks>
/// <param name="clock">The clock of the emulators.</param>
public sealed class InProcessTarget(TimeProvider clock) : IEmulatorTarget
{
    /// <inheritdoc/>
    public async ValueTask<ITargetVm> StartAsync(VmStart start)
    {
        var printed = new StandardErrorText();
        var monitors = new InProcessMonitors(start.PassesDescriptors);
        try
        {
            EmulatorOptions options = CommandLineParser.Parse(start.Arguments);
            EmulatorPorts ports = EmulatorPorts.Real(clock, printed.CreateLogger());
            ports = ports with
            {
                Report = printed.WriteLine,
                Listen = monitors.Wrap(ports.Listen),
                Transport = new NothingInherited(ports.Transport),
            };
            var emulator = new EmulatorInstance(options, ports);
            return await InProcessVm.StartAsync(emulator, options, ports, monitors, printed).ConfigureAwait(false);
        }
        catch (CommandLineException e)
        {
            printed.WriteLine(e.Message);
            return new RefusedVm(printed);
        }
    }
}
