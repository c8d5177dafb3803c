namespace Engine.Flows;

/// <summary>Checks that no time of a flow is longer than the one that bounds it.</summary>
internal sealed class TimeCheck(FlowDocument document, FindingList findings)
{
    private readonly TimeSpan total = document.Total?.Value ?? Compilation.DefaultLimits.Total;

    public void Run()
    {
        foreach (var step in Steps.All(document.Steps))
        {
            switch (step)
            {
                case StepNode.Call call:
                    CheckTimeout(call.Timeout);
                    if (call.Timeout is { } whole && call.Retry?.Every is { } pause && pause.Value >= whole.Value)
                    {
                        Refuse(pause, $"no second attempt comes within the step's timeout, {whole.Scalar}");
                    }

                    break;
                case StepNode.Poll poll:
                    CheckTimeout(poll.Timeout);
                    if (poll.Every.Value > poll.Timeout.Value) Refuse(poll.Every, $"a round longer than the step's timeout, {poll.Timeout.Scalar}, never ends");
                    CheckWithin(poll.Timeout, poll.Show, poll.Actions);
                    break;
                case StepNode.Prompt prompt:
                    CheckTimeout(prompt.Timeout);
                    if (prompt is { Timeout: null, OnTimeout: null, IsWhole: true })
                    {
                        findings.Warning(FindingCodes.NoTimeOfItsOwn, prompt.Verb.Place,
                            $"only the run's own limit, {Durations.Words(total)}, ends this wait; give the prompt a 'timeout'");
                    }

                    CheckWithin(prompt.Timeout, prompt.Show, prompt.Actions);
                    break;
                case StepNode.Redirect redirect:
                    CheckTimeout(redirect.Timeout);
                    break;
                case StepNode.Await wait:
                    CheckTimeout(wait.Timeout);
                    break;
                case StepNode.Wait wait when wait.For.Value >= total:
                    Refuse(wait.For, $"the run ends before, after {Durations.Words(total)} ('limits.total')");
                    break;
            }
        }
    }

    private void CheckTimeout(DurationNode? timeout)
    {
        if (timeout is null || timeout.Value <= total) return;
        Refuse(timeout, $"the run ends before, after {Durations.Words(total)} ('limits.total'), so 'on_timeout' never comes");
    }

    private void CheckWithin(DurationNode? timeout, ShowNode? show, IEnumerable<ActionNode> actions)
    {
        var bound = timeout is not null && timeout.Value < total ? timeout.Value : total;
        if (show?.Life is { } life && life.Value > bound) Refuse(life, $"the step ends after {Durations.Words(bound)}, so nothing is shown for so long");
        foreach (var action in actions)
        {
            if (action.After is { } after && after.Value >= bound)
            {
                Refuse(after, $"'{action.Name}' can never be taken, since the step ends after {Durations.Words(bound)}");
            }
        }
    }

    private void Refuse(DurationNode time, string message) => findings.Error(FindingCodes.TimesDoNotFit, time.Scalar.Place, message);
}
