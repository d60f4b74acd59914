using Qmp.Server.Dispatch;

namespace Jukebox;

/// <summary>The commands of jukebox.json; one instance for all clients, whose commands run one at a time.</summary>
internal sealed class Box(JukeboxEvents events) : IJukeboxCommands
{
    private const int Loudest = 11;

    private readonly Queue<Song> _songs = [];

    public ValueTask<IReadOnlyList<Song>> PlayAsync(PlayArguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.Volume > Loudest)
            throw new CommandException($"Nothing goes above {Loudest}");
        _songs.Enqueue(arguments.Song);
        return new([.. _songs]);
    }

    public ValueTask SkipAsync(SkipArguments arguments, CancellationToken cancellationToken)
    {
        if (!_songs.TryDequeue(out var song))
            throw new CommandException("Nothing plays");
        events.SongEnded(new SongEndedEvent { Song = song, Skipped = true });
        return ValueTask.CompletedTask;
    }
}
