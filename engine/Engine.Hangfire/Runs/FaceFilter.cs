using Engine.Host;
using Engine.Runs;
using Hangfire.States;
using Microsoft.AspNetCore.Http;

namespace Engine.Hangfire;

/// <summary>
/// Gives the dashboard's buttons their meaning for a run's face: "Requeue" wakes the run now, "Delete" cancels it, both noted under the operator's
/// name. The face stays parked in the run's own state either way; what follows is projected like every other change.
/// </summary>
internal sealed class FaceFilter(Func<EmbeddedEngine> engine, IHttpContextAccessor request) : IElectStateFilter
{
    private static readonly object acted = new();

    /// <summary>Whether this request pressed a button of a face, and what it means was done.</summary>
    public static bool HasActed(HttpContext context) => context.Items.ContainsKey(acted);

    public void OnStateElection(ElectStateContext context)
    {
        if (context.CandidateState is FaceState) return;
        if (context.BackgroundJob.Job?.Args is not [string id, ..]) return;

        // Hangfire elects states on the thread that asks, and waits for the answer.
        context.CandidateState = DecideAsync(new RunId(id), context.CandidateState).GetAwaiter().GetResult();
    }

    private async Task<IState> DecideAsync(RunId run, IState wished)
    {
        var action = wished is DeletedState ? RunAction.Cancel : RunAction.Wake;
        var who = request.HttpContext is { } context && await OpsAccess.FindOperatorAsync(context) is { } someone ? someone.Name : "hangfire";
        var isDone = await engine().Operators.ActAsync(run, action, who, CancellationToken.None);
        if (isDone) engine().Changes.InboxGrew(run);
        if (isDone && request.HttpContext is { } asking) asking.Items[acted] = true;
        return await engine().Faces.FindFacesAsync([run], CancellationToken.None) is [var face]
            ? FaceState.Of(face, !isDone ? "nothing was done: the run has ended" : $"{(action == RunAction.Cancel ? "cancelled" : "woken")} by {who}")
            : new DeletedState { Reason = "there is no such run any more" };
    }
}
