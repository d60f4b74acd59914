using System.Globalization;
using Qmp.Conversations.Interop;
using Qmp.Conversations.Targets;

namespace Qmp.Conversations.Replay;

/// <summary>One conversation, being replayed.</summary>
internal sealed class ConversationReplay(ReplayState state, IEmulatorTarget target, string folder) : IAsyncDisposable
{
    private readonly List<ScriptedPeer> _peers = [];
    private readonly StepRunner _steps = new(state, folder);

    /// <exception cref="DifferenceException">The emulator says something other than the recording.</exception>
    /// <exception cref="TargetException">The emulator does not start.</exception>
    public async Task RunAsync()
    {
        Conversation conversation = state.Conversation;
        foreach (string fifo in conversation.Fifos) LibC.MakeFifo(state.Texts.Resolve(fifo));
        foreach (RecordedPeer peer in conversation.Peers)
        {
            _peers.Add(new ScriptedPeer(state.Texts.Resolve(peer.Path), peer.Behaviour));
        }

        foreach (RecordedVm vm in conversation.Vms) await StartAsync(vm).ConfigureAwait(false);
        for (int i = 0; i < conversation.Steps.Count; i++) await StepAsync(i).ConfigureAwait(false);
        await state.Mailbox.WatchAsync(state.Options.Tail).ConfigureAwait(false);
        FinalCheck.Run(state);
    }

    public async ValueTask DisposeAsync()
    {
        // Connections first: an emulator that ends waits a while for clients to take its last words.
        await _steps.DisposeAsync().ConfigureAwait(false);
        foreach ((string role, ITargetVm vm) in state.Vms)
        {
            await vm.DisposeAsync().ConfigureAwait(false);
            string printed = vm.StandardError.Trim();
            if (printed.Length > 0) state.Note($"stderr of {role}: {printed}");
        }

        foreach (ScriptedPeer peer in _peers) peer.Dispose();
        await _steps.WhenDrained().WaitAsync(state.Options.Wait, state.Options.Time).ConfigureAwait(false);
    }

    private async ValueTask StartAsync(RecordedVm vm)
    {
        string[] arguments = [.. vm.Arguments.Select(state.Texts.Resolve)];
        state.Note($"start {vm.Role}: {string.Join(' ', arguments)}");
        ITargetVm started = await target.StartAsync(
            new VmStart(vm.Role, arguments, folder, state.Conversation.PassesDescriptors)).ConfigureAwait(false);
        state.Vms.Add(vm.Role, started);
        _ = started.Exit.ContinueWith(
            _ => state.Mailbox.Post(() => { }),
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async ValueTask StepAsync(int index)
    {
        ConversationStep step = state.Conversation.Steps[index];
        try
        {
            if (step.Gap > TimeSpan.Zero)
            {
                await state.Mailbox.PauseAsync(step.Gap, state.Options.Quiet).ConfigureAwait(false);
            }

            await _steps.RunAsync(step, index).ConfigureAwait(false);
        }
        catch (DifferenceException e)
        {
            throw new DifferenceException(string.Create(CultureInfo.InvariantCulture, $"step {index}: {e.Message}"));
        }
    }
}
