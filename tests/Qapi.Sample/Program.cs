using Jukebox;
using Qmp.Client;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Transport;
using Qmp.Server;
using Qmp.Server.Dispatch;
using Qmp.Server.Events;
using Qmp.Server.Sessions;

// The server: commands, events, and a socket. Everything that knows the schema is generated.
var path = Path.Combine(Path.GetTempPath(), $"jukebox-{Environment.ProcessId}.sock");
using var events = new EventBus(TimeProvider.System);
var commands = new CommandRegistry.Builder()
    .Add(SessionCommandTable.Commands, session => new Session(session))
    .Add(JukeboxCommandTable.Commands, new Box(new JukeboxEvents(events)))
    .Build();
var options = new QmpServerOptions { Version = new QmpVersion(1, 0, 0, "jukebox"), Time = TimeProvider.System };
await using var server = new QmpServer(options, commands, new SerialCommandQueue(), events);
server.AddMonitor(new MonitorOptions { Id = "monitor0", Connections = SocketListener.Unix(path) });

// The client, which could as well be another program.
await using var connection = await QmpConnection.ConnectUnixAsync(path);
var jukebox = new JukeboxClient(connection);
using var ended = connection.Subscribe(JukeboxEventDescriptors.SongEnded);

Song first = new Song.Record { Title = "Blue Monday", Value = new() { Shelf = 7, Side = "B" } };
Song second = new Song.Radio { Title = "The news", Value = new() { Megahertz = 88.2 } };
await jukebox.PlayAsync(new() { Song = first });
var waiting = await jukebox.PlayAsync(new() { Song = second });
foreach (var song in waiting)
{
    Console.WriteLine(song switch
    {
        Song.Record record => $"{record.Title}, from the record on shelf {record.Value.Shelf}",
        Song.Radio radio => $"{radio.Title}, from {radio.Value.Megahertz} MHz",
        _ => song.Title,
    });
}

await jukebox.SkipAsync(new());
await foreach (var e in ended)
{
    Console.WriteLine($"{e.Data.Song.Title} is over, {(e.Data.Skipped ? "skipped" : "played to the end")}");
    break;
}

try
{
#pragma warning disable QAPI100 // The schema calls 'volume' unstable.
    await jukebox.PlayAsync(new() { Song = first, Volume = 12 });
#pragma warning restore QAPI100
}
catch (QmpCommandException refused)
{
    Console.WriteLine($"{refused.Error.Class}: {refused.Error.Description}");
}
