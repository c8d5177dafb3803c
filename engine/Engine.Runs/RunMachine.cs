using Engine.Flows;

namespace Engine.Runs;

/// <summary>
/// Decides what a run does next. Pure: no clock, no store, no chance. The only place that changes a run. An event that the run does
/// not wait for (any more) changes nothing.
/// </summary>
public static class RunMachine
{
    /// <summary>Tells a run what happened and gives what follows.</summary>
    public static Transition Advance(LoadedFlow flow, Run run, RunEvent happened, DateTimeOffset now)
    {
        var turn = new RunTurn(flow, run, now);
        if (!run.Status.IsFinal()) turn.Apply(happened);
        return turn.Finish();
    }

    /// <summary>Ends a run as failed by no fault of its flow, undoing what it did: the pump's way out when advancing it keeps failing.</summary>
    public static Transition Abort(LoadedFlow flow, Run run, string code, DateTimeOffset now)
    {
        var turn = new RunTurn(flow, run, now);
        if (!run.Status.IsFinal()) turn.Abort(code);
        return turn.Finish();
    }
}
