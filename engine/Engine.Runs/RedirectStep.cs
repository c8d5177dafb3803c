using Engine.Flows;

namespace Engine.Runs;

/// <summary>The page that a run sends its person to now.</summary>
/// <param name="Input">The redirect's input record.</param>
/// <param name="Prompt">The prompt that a return answers.</param>
public sealed record RedirectStep(CompiledStep.Redirect Step, object Input, PromptId Prompt, DateTimeOffset? ExpiresAt)
{
    /// <summary>Null where the run does not stand at a redirect.</summary>
    public static RedirectStep? Of(LoadedFlow flow, Run run, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(flow);
        ArgumentNullException.ThrowIfNull(run);
        if (run.Status.IsFinal() || run.Prompt is not { } prompt || flow.Flow.Steps[run.Step] is not CompiledStep.Redirect step) return null;
        return RunTurn.ScopeOf(flow, run, now).Value(step.Arguments) is { } input
            ? new RedirectStep(step, input, prompt.Id, prompt.ExpiresAt)
            : null;
    }
}
