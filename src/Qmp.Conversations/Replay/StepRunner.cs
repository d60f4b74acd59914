using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Qmp.Conversations.Interop;
using Qmp.Conversations.Matching;
using Qmp.Conversations.Targets;

namespace Qmp.Conversations.Replay;

/// <summary>Does what each kind of step says.</summary>
internal sealed class StepRunner(ReplayState state, string folder) : IAsyncDisposable
{
    private static readonly TimeSpan ConnectPeriod = TimeSpan.FromMilliseconds(10);

    private readonly ReplyExpectation _replies = new(state);
    private readonly PassedDescriptors _descriptors = new();
    private readonly List<MonitorStream> _streams = [];
    private readonly List<Task> _readers = [];
    private readonly List<SafeFileHandle> _fifos = [];
    private Socket? _feed;

    public ValueTask RunAsync(ConversationStep step, int index) => step switch
    {
        SendStep send => SendAsync(send),
        ReceiveStep receive => _replies.CheckAsync(receive, index),
        ConnectStep connect => ConnectAsync(connect),
        EndOfStreamStep end => ExpectEndAsync(end),
        ExitStep exit => ExpectExitAsync(exit),
        SilenceStep silence => ExpectSilenceAsync(silence),
        AbsentEventStep absent => state.Mailbox.WatchAsync(Shorter(absent.Duration, state.Options.Silence)),
        FloodStep flood => new Flood(state, flood).RunAsync(),
        FeedStep feed => FeedAsync(feed),
        _ => Act(step),
    };

    /// <summary>Ends when the emulators have let go of the pipes that were passed to them.</summary>
    public Task WhenDrained() => _descriptors.WhenDrained();

    public async ValueTask DisposeAsync()
    {
        foreach (MonitorStream stream in _streams) stream.Close();
        await Task.WhenAll(_readers).ConfigureAwait(false);
        foreach (SafeFileHandle fifo in _fifos) fifo.Dispose();
        _feed?.Dispose();
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private ValueTask Act(ConversationStep step)
    {
        state.Note(step, "**", step.GetType().Name);
        switch (step)
        {
            case CloseStep:
                state.Stream(step).Close();
                state.Streams.Remove((step.Vm, step.Monitor));
                break;
            case EndSendingStep:
                state.Stream(step).Connection.EndSending();
                break;
            case SignalStep { IsKill: true }:
                state.Vms[step.Vm].Kill();
                break;
            case SignalStep:
                state.Vms[step.Vm].Terminate();
                break;
            case OpenFifoStep:
                _fifos.AddRange(state.Conversation.Fifos.Select(fifo => LibC.OpenFifo(state.Texts.Resolve(fifo))));
                break;
            case EndFeedStep:
                _feed?.Dispose();
                break;
            default:
                throw new ArgumentException($"{step.GetType().Name} cannot be replayed", nameof(step));
        }

        return ValueTask.CompletedTask;
    }

    private async ValueTask SendAsync(SendStep step)
    {
        MonitorStream stream = state.Stream(step);
        byte[] bytes = BytesOf(step);
        state.Note(
            step, "->", step.Repeat is { } repeat ? $"{repeat.Prefix}{repeat.Unit}...{repeat.Suffix}" : step.Text);
        if (CommandTexts.BeginsSomething(step.Text)) state.MovesByItself = true;
        if (CommandTexts.BeginsSomething(step.Text) || CommandTexts.StopsOrStarts(step.Text)) state.NoteMove(step.Vm);
        SafeFileHandle[] passed = _descriptors.Open(step.Descriptors);
        await SendAsync(stream, bytes, passed).ConfigureAwait(false);
        foreach (SafeFileHandle handle in passed) handle.Dispose();
        stream.Unanswered += Math.Max(1, CommandTexts.Names(step.Text).Length);
        stream.Question = CommandTexts.MayBeAskedAgain(step.Text) ? bytes : null;
    }

    private async ValueTask SendAsync(MonitorStream stream, byte[] bytes, IReadOnlyList<SafeFileHandle> descriptors)
    {
        try
        {
            await stream.Connection.SendAsync(bytes, descriptors).AsTask()
                .WaitAsync(state.Mailbox.Left(), state.Options.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new DifferenceException($"{stream.Name}: it does not read what is sent");
        }
    }

    private byte[] BytesOf(SendStep step)
    {
        if (step.Bytes is { } bytes) return state.Texts.Resolve(bytes.Span);
        if (step.Repeat is not { } repeat) return Encoding.UTF8.GetBytes(state.Texts.Resolve(step.Text));
        return Encoding.UTF8.GetBytes(
            new StringBuilder(state.Texts.Resolve(repeat.Prefix))
                .Insert(repeat.Prefix.Length, repeat.Unit, repeat.Count)
                .Append(state.Texts.Resolve(repeat.Suffix))
                .ToString());
    }

    private async ValueTask ConnectAsync(ConnectStep step)
    {
        string arguments = string.Join(' ', state.Conversation.Vms.First(vm => vm.Role == step.Vm).Arguments);
        string socket = $"{step.Vm}-{step.Monitor}.sock";
        if (!arguments.Contains(socket, StringComparison.Ordinal))
        {
            socket = $"{step.Vm}-{ConversationStep.DefaultMonitor}.sock";
        }

        ITargetConnection connection =
            await ConnectAsync(step.Vm, Path.Combine(folder, socket)).ConfigureAwait(false);
        bool pretty = arguments.Contains("pretty=on", StringComparison.Ordinal)
            || arguments.Contains("-qmp-pretty", StringComparison.Ordinal);
        var stream = new MonitorStream($"{step.Vm}/{step.Monitor}", connection, pretty, state.RulesFor(step.Vm));
        _streams.Add(stream);
        _readers.Add(stream.ReadAsync(state.Mailbox));
        state.Streams[(step.Vm, step.Monitor)] = stream;
        state.Note(step, "**", "connect");
    }

    private async ValueTask<ITargetConnection> ConnectAsync(string role, string path)
    {
        ITargetVm vm = state.Vms[role];
        TimeProvider time = state.Options.Time;
        long start = time.GetTimestamp();
        while (true)
        {
            if (await vm.ConnectAsync(path).ConfigureAwait(false) is { } connection) return connection;
            if (vm.Exit.IsCompleted)
            {
                int status = await vm.Exit.ConfigureAwait(false);
                string end = string.Create(CultureInfo.InvariantCulture, $"{role} ended with status {status}");
                throw new TargetException($"{end} before its monitor was there: {LastWords(vm)}");
            }

            if (time.GetElapsedTime(start) > state.Options.StartWait)
            {
                string patience = ReplayState.Seconds(state.Options.StartWait);
                throw new TargetException($"{role}: no monitor at {path} after {patience}: {LastWords(vm)}");
            }

            await state.Mailbox.WatchAsync(ConnectPeriod).ConfigureAwait(false);
        }
    }

    private static string LastWords(ITargetVm vm) =>
        vm.StandardError.Trim().Replace("\n", " | ", StringComparison.Ordinal);

    private async ValueTask ExpectEndAsync(EndOfStreamStep step)
    {
        if (!state.Streams.TryGetValue((step.Vm, step.Monitor), out MonitorStream? stream)) return;
        TimeSpan patience = _replies.Patience(step.Wait);
        if (await state.Mailbox.UntilAsync(() => stream.Ended, patience).ConfigureAwait(false)) return;
        throw new DifferenceException($"{stream.Name}: expected the end of the connection, it stays open");
    }

    private async ValueTask ExpectExitAsync(ExitStep step)
    {
        Task<int> exit = state.Vms[step.Vm].Exit;
        string expected = step.Status.ToString(CultureInfo.InvariantCulture);
        if (!await state.Mailbox.UntilAsync(() => exit.IsCompleted, state.Options.Wait).ConfigureAwait(false))
        {
            throw new DifferenceException(
                $"{step.Vm}: expected the process to end with status {expected}, it runs on");
        }

        int status = await exit.ConfigureAwait(false);
        if (status == step.Status) return;
        throw new DifferenceException(
            string.Create(CultureInfo.InvariantCulture, $"{step.Vm}: expected exit status {expected}, got {status}"));
    }

    private async ValueTask ExpectSilenceAsync(SilenceStep step)
    {
        MonitorStream stream = state.Stream(step);
        await state.Mailbox.UntilAsync(
            () => stream.Replies.Count + stream.Floating.Count > 0 || stream.Ended,
            Shorter(step.Duration, state.Options.Silence)).ConfigureAwait(false);
        if (stream.Replies.Concat(stream.Floating).FirstOrDefault() is { } reply)
        {
            throw new DifferenceException($"{stream.Name}: expected no reply, got {WireText.Shorten(reply.Text)}");
        }
    }

    private async ValueTask FeedAsync(FeedStep step)
    {
        state.MovesByItself = true;
        _feed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            var endPoint = new UnixDomainSocketEndPoint(state.Texts.Resolve(step.Path));
            await _feed.ConnectAsync(endPoint).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new DifferenceException($"cannot connect to the migration socket {step.Path}: {e.Message}");
        }

        try
        {
            await _feed.SendAsync(step.Bytes).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // An emulator that does not like the beginning need not wait for the rest.
        }
    }
}
