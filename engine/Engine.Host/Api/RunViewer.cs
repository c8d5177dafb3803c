using System.Collections.Immutable;
using Engine.Runs;

namespace Engine.Host;

/// <summary>Makes what the API and the pages show of stored runs.</summary>
internal sealed class RunViewer(EmbeddedEngine engine, TimeProvider time)
{
    public RunSummary Summarize(StoredRun run) => new(
        run.Id, run.Flow, TitleOf(run.Flow), run.FlowVersion, run.Purpose, run.Subject, run.Connection, run.Status, run.Step,
        run.CreatedAt, run.UpdatedAt, run.Revision, run.Id.Short, run.Exit);

    public async Task<RunView> ViewAsync(StoredRun run, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var prompt = run.Prompt is { } shown ? AsOf(shown, now) : null;
        var connection = run.Connection is { } id ? await engine.Store.FindConnectionAsync(id, cancellation) : null;
        return new RunView(
            run.Id, run.Flow, TitleOf(run.Flow), run.FlowVersion, run.Purpose, run.Subject, run.Connection, run.Status, run.Step,
            run.CreatedAt, run.UpdatedAt, run.Revision, run.Id.Short, run.Exit, connection?.IdentityLabel, prompt,
            prompt?.Show?.Qr is { } text ? QrSvg.Draw(text) : null,
            await engine.FindWorldAsync(run, cancellation) is { } world ? new SandboxView(world.Scenario, world.PhoneUrl) : null,
            IncidentView.Of(await IncidentOfAsync(run, cancellation)),
            engine.IsOutOfReach(run) ? OutOfReachText(run) : null,
            now);
    }

    /// <summary>The prompt without what is past its life: a code that no longer works is given to nobody.</summary>
    public static PromptView AsOf(PromptView prompt, DateTimeOffset now) =>
        prompt.Show is { ExpiresAt: { } end } show && end <= now
            ? prompt with { Show = show with { Qr = null, Image = null, Code = null, Link = null, Frame = null } }
            : prompt;

    /// <summary>What an operator says about a provider of the run; null while all is well, and once the run has ended.</summary>
    public async Task<Incident?> IncidentOfAsync(StoredRun run, CancellationToken cancellation) =>
        !run.Status.IsFinal() && !(await engine.Incidents.ListAsync(cancellation)).IsEmpty && await engine.Flows.FindAsync(run.Flow, run.FlowVersion, cancellation) is { } flow
            ? engine.Incidents.WorstOf(flow.Flow)
            : null;

    /// <summary>Why a run stands still here, by language.</summary>
    public static ImmutableDictionary<string, string> OutOfReachText(StoredRun run) => ImmutableDictionary<string, string>.Empty
        .Add("en", run.World is null
            ? "This sign-in is at the real provider, and this engine plays the sandbox. It goes on when an engine of the real providers runs again."
            : "This sign-in lives in the sandbox, and this engine calls the real providers. It goes on when an engine of the sandbox runs again.")
        .Add("ru", run.World is null
            ? "Этот вход идёт у настоящего сервиса, а здесь работает песочница. Он продолжится, когда снова заработает движок с настоящими сервисами."
            : "Этот вход идёт в песочнице, а здесь работают настоящие сервисы. Он продолжится, когда снова заработает движок с песочницей.");

    private ImmutableDictionary<string, string> TitleOf(string flow) =>
        engine.Flows.FindCurrent(flow)?.Flow.Title.ByLanguage ?? ImmutableDictionary<string, string>.Empty;
}
