using Engine.Sdk;

namespace Engine.Runs;

/// <summary>Something that happened to a run.</summary>
public abstract record RunEvent
{
    private RunEvent() { }

    /// <summary>The run begins.</summary>
    public sealed record Started : RunEvent;

    /// <summary>Its due time came, or somebody asks to look now: rounds, retries and limits are tested against the moment.</summary>
    public sealed record Woke : RunEvent;

    /// <summary>A call gave a value of the operation's output type.</summary>
    /// <param name="Pace">How long a poll is to wait before its next call, where the provider says so; null where it does not.</param>
    public sealed record CallAnswered(EffectId Effect, object Value, TimeSpan? Pace = null) : RunEvent
    {
        /// <summary>Names the call, never its answer.</summary>
        public override string ToString() => $"{Effect} answered";
    }

    /// <summary>A call failed.</summary>
    public sealed record CallFailed(EffectId Effect, Failure Failure) : RunEvent;

    /// <summary>The worker that made the call died before its outcome was saved.</summary>
    public sealed record CallLost(EffectId Effect) : RunEvent;

    /// <summary>A person answered a prompt.</summary>
    public sealed record Replied(Reply Reply) : RunEvent;

    /// <summary>The person came back from the provider's page.</summary>
    public sealed record Returned(Return Return) : RunEvent;

    /// <summary>The provider called one of the run's hooks.</summary>
    public sealed record Signalled(Signal Signal) : RunEvent;

    /// <summary>Somebody asks to end the run.</summary>
    public sealed record CancelRequested : RunEvent;

    /// <summary>An operator ends the pause before the step's next call: a poll's next round, or the next attempt of a call that surely did not happen.</summary>
    public sealed record Hurried : RunEvent;

    /// <summary>The store was asked for the connection with the run's identity.</summary>
    /// <param name="Existing">Null where there is none.</param>
    public sealed record IdentityLookedUp(EffectId Effect, Connection? Existing) : RunEvent;
}

/// <summary>Something the host must do after the new state is stored.</summary>
public abstract record Effect
{
    private Effect() { }

    /// <summary>Call an operation and report its outcome with the same id.</summary>
    /// <param name="Input">The operation's input record.</param>
    /// <param name="Deadline">The call must have ended by then. Saved beforehand: after a crash, one that must happen once is waited out.</param>
    public sealed record Call(EffectId Id, string Provider, string Operation, object Input, DateTimeOffset Deadline) : Effect
    {
        /// <summary>Names the call, never what it sends.</summary>
        public override string ToString() => $"{Id}: {Provider}.{Operation}";
    }

    /// <summary>Look for a stored connection with this identity.</summary>
    public sealed record LookUpIdentity(EffectId Id, string IdentityKey) : Effect;
}
