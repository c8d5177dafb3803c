using Engine.Benchmarks;
using Engine.History;
using Engine.Runs;
using Engine.Storage;

namespace Engine.Tests.History;

/// <summary>
/// The clients of a played run: they send again, under the same transaction, what was not acknowledged, as our page does, and write down
/// what they were told.
/// </summary>
/// <param name="store">The store as the present engine process sees it.</param>
/// <param name="died">Told when an engine died under a request.</param>
internal sealed class PlayedClient(Func<IRunStore> store, PlayedStore place, Action died) : PassingStore(place.Runs)
{
    private const int Patience = 1000;

    private readonly TimeProvider time = place.Time;

    /// <summary>Every attempt, in order.</summary>
    public List<ClientInput> Inputs { get; } = [];

    public override Task<ReplyOutcome> AcceptReplyAsync(RunId id, Reply reply, CancellationToken cancellation) => InsistAsync(
        () => store().AcceptReplyAsync(id, reply, cancellation),
        outcome => new ClientInput.Reply(time.GetUtcNow(), outcome is ReplyOutcome.Accepted, reply.Prompt.Value, reply.TransactionId));

    public override Task<bool> AcceptReturnAsync(RunId id, Return back, CancellationToken cancellation)
    {
        var own = place.Leave(id, back);
        return InsistAsync(
            () => store().AcceptReturnAsync(id, own, cancellation),
            isTaken => new ClientInput.Return(time.GetUtcNow(), isTaken, own.Prompt.Value, own.Visit.Hex));
    }

    public override Task<bool> AcceptSignalAsync(RunId id, Signal signal, CancellationToken cancellation) => InsistAsync(
        () => store().AcceptSignalAsync(id, signal, cancellation),
        isTaken => new ClientInput.Signal(time.GetUtcNow(), isTaken, signal.Hook, signal.Key));

    public override Task<bool> RequestCancelAsync(RunId id, CancellationToken cancellation) => InsistAsync(
        () => store().RequestCancelAsync(id, cancellation),
        isTaken => new ClientInput.Cancel(time.GetUtcNow(), isTaken));

    /// <summary>Starts a run, again and again under the same key, until a store says that it has it.</summary>
    public Task<StartOutcome> StartAsync(Func<Task<StartOutcome>> start, string key) => InsistAsync(
        start, outcome => outcome is StartOutcome.Started started
            ? new ClientInput.Start(time.GetUtcNow(), true, key, started.Run.Value)
            : new ClientInput.Start(time.GetUtcNow(), false, key, ""));

    private async Task<T> InsistAsync<T>(Func<Task<T>> send, Func<T?, ClientInput> note)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var outcome = await send();
                Inputs.Add(note(outcome));
                return outcome;
            }
            catch (Exception error) when (attempt < Patience && error is Faults.EngineDiedException or StorageUnavailableException)
            {
                Inputs.Add(note(default));
                if (error is Faults.EngineDiedException) died();
            }
        }
    }
}
