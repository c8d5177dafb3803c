using Engine.Sdk;

namespace Engine.Plugins;

/// <summary>What calling an operation came to.</summary>
public abstract record CallOutcome
{
    private CallOutcome()
    {
    }

    /// <summary>The provider answered; the value is of the operation's output record.</summary>
    public sealed record Answered(object Value) : CallOutcome;

    /// <summary>There is no answer, and why.</summary>
    public sealed record Failed(Failure Failure) : CallOutcome;
}
