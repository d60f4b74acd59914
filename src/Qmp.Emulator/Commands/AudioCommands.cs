using Qmp.Api;
using Qmp.Emulator.Options;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of audio.json: the backends of the command line, which play nothing.</summary>
internal sealed class AudioCommands(EmulatorOptions options) : IAudioCommands
{
    public ValueTask<IReadOnlyList<Audiodev>> QueryAudiodevsAsync(QueryAudiodevsArguments arguments, CancellationToken cancellationToken) =>
        new([.. options.Given.All(HostOptionTable.AudioDevice).Select(device => device.Value)]);
}
