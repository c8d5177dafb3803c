using Engine.Runs;

namespace Engine.Storage;

/// <summary>The large parts of a run as they are stored, bound to the run's id and revision.</summary>
/// <param name="State">Sealed.</param>
/// <param name="Prompt">Sealed; null where there is nothing to see.</param>
internal sealed record SealedBody(byte[] State, byte[]? Prompt)
{
    public static SealedBody Of(StoredRun run, Sealer sealer) => new(
        sealer.Seal(StatePlace(run), run.State.Span),
        run.Prompt is { } prompt && !run.Status.IsFinal()
            ? sealer.Seal(PromptPlace(run), StoredJson.ToBytes(prompt))
            : null);

    /// <summary>The run with its state and prompt; throws <see cref="SealBrokenException"/>.</summary>
    public StoredRun OpenInto(StoredRun run, Sealer sealer) => run with
    {
        State = sealer.Open(StatePlace(run), State),
        Prompt = Prompt is null ? null : StoredJson.Read<PromptView>(sealer.Open(PromptPlace(run), Prompt)),
    };

    private static SealedPlace StatePlace(StoredRun run) => new("run_bodies", "state", run.Id.Value, run.Revision);

    private static SealedPlace PromptPlace(StoredRun run) => new("run_bodies", "prompt", run.Id.Value, run.Revision);
}
