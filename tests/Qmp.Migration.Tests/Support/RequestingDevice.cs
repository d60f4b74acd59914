using Qmp.Migration.SaveState;
using Qmp.Migration.Stream;

namespace Qmp.Migration.Tests.Support;

/// <summary>A device without data that asks for acks only when the guest has been stopped.</summary>
internal sealed class RequestingDevice(uint requests) : SaveStateEntry
{
    public override string Name => "test/requesting";

    public override int Version => 1;

    public override StateSaver CreateSaver(SaveContext context) => new Saver(requests);

    public override StateLoader CreateLoader(LoadContext context) => new Loader();

    private sealed class Saver(uint requests) : StateSaver
    {
        private bool _isStopped;

        public override bool IsIterative => true;

        public override bool IsIterating => false;

        public override bool IsDone => true;

        public override ValueTask<PendingState> PendingExactAsync(bool isFinal)
        {
            _isStopped = isFinal;
            return new(default(PendingState));
        }

        public override uint TakeAckRequests() => _isStopped ? requests : 0;
    }

    private sealed class Loader : StateLoader
    {
        public override ValueTask LoadAsync(MigrationReader reader, int version) => ValueTask.CompletedTask;
    }
}
