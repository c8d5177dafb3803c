using Engine.Host;
using Engine.Runs;
using Hangfire.States;

namespace Engine.Hangfire;

/// <summary>
/// Gives the dashboard's buttons their meaning for a run's face: "Requeue" wakes the run now, "Delete" cancels it. The face stays parked in the
/// run's own state either way; what follows is projected like every other change.
/// </summary>
internal sealed class FaceFilter(Func<EmbeddedEngine> engine) : IElectStateFilter
{
    public void OnStateElection(ElectStateContext context)
    {
        if (context.CandidateState is FaceState) return;
        if (context.BackgroundJob.Job?.Args is not [string id, ..]) return;

        // Hangfire elects states on threads of its own and waits for the answer.
        context.CandidateState = DecideAsync(new RunId(id), context.CandidateState).GetAwaiter().GetResult();
    }

    private async Task<IState> DecideAsync(RunId run, IState wished)
    {
        var reason = "asked for in the dashboard";
        if (wished is DeletedState) await engine().CancelRunAsync(run, CancellationToken.None);
        else await engine().WakeRunAsync(run, CancellationToken.None);
        return (await engine().Faces.FindFacesAsync([run], CancellationToken.None)) is [var face]
            ? FaceState.Of(face, wished is DeletedState ? $"cancel was {reason}" : $"wake was {reason}")
            : new DeletedState { Reason = "there is no such run any more" };
    }
}
