namespace Engine.Runs;

/// <summary>Where a run stands.</summary>
public enum RunStatus
{
    /// <summary>The engine is at work: a call is under way or due.</summary>
    Running,

    /// <summary>Only the person can move it on.</summary>
    WaitingUser,

    /// <summary>It polls the provider, waits for a retry, or pauses.</summary>
    WaitingProvider,

    /// <summary>It awaits a callback or webhook.</summary>
    WaitingCallback,

    /// <summary>Reached its end. Final.</summary>
    Succeeded,

    /// <summary>Ended with a failure code. Final.</summary>
    Failed,

    /// <summary>Ended by the person or the API. Final.</summary>
    Cancelled,

    /// <summary>Ran out of time. Final.</summary>
    Expired,
}

public static class RunStatuses
{
    /// <summary>Whether nothing can happen to the run any more.</summary>
    public static bool IsFinal(this RunStatus status) => status >= RunStatus.Succeeded;
}

/// <summary>How a run ended.</summary>
/// <param name="Code"><c>succeeded</c>, <c>cancelled</c>, <c>expired</c>, or the failure's code.</param>
/// <param name="Step">The name of the step it stood at.</param>
/// <param name="Text">What the person reads, by language; empty after success.</param>
public sealed record Exit(string Code, string Step, DateTimeOffset At, IReadOnlyDictionary<string, string> Text);
