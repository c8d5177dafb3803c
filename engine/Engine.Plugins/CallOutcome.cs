using Engine.Sdk;

namespace Engine.Plugins;

/// <summary>What calling an operation came to.</summary>
public abstract record CallOutcome
{
    private CallOutcome()
    {
    }

    /// <summary>The provider answered; the value is of the operation's output record.</summary>
    /// <param name="Pace">As <see cref="Result{T}.Pace"/>.</param>
    public sealed record Answered(object Value, TimeSpan? Pace = null) : CallOutcome;

    /// <summary>There is no answer, and why.</summary>
    public sealed record Failed(Failure Failure) : CallOutcome;
}
