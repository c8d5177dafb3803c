using System.Collections.Immutable;
using System.Text.Json;
using Engine.Flows;

namespace Engine.Runs;

/// <summary>
/// The whole state of one run. Immutable; only <see cref="RunMachine"/> makes the next one. It holds everything the machine decides
/// by, so that the same event at the same moment always gives the same next state.
/// </summary>
public sealed record Run
{
    public required RunId Id { get; init; }

    public required Purpose Purpose { get; init; }

    /// <summary>On whose behalf it runs. Set at the start.</summary>
    public required string Subject { get; init; }

    /// <summary>The sandbox world its calls go to; null: the real provider.</summary>
    public string? World { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends as expired, whatever it does. Set at the start; a restart does not move it.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>The id of the connection if this run makes a new one. Chosen at the start, since the machine knows no chance.</summary>
    public required ConnectionId Draft { get; init; }

    /// <summary>The connection to re-authorize, as it was at the start; later the one this run stored. Null before there is one.</summary>
    public Connection? Stored { get; init; }

    /// <summary>Whether <see cref="Stored"/> was stored by this run.</summary>
    public bool IsConnected { get; init; }

    /// <summary>False until <see cref="RunEvent.Started"/>.</summary>
    public bool IsStarted { get; init; }

    public RunStatus Status { get; init; } = RunStatus.Running;

    /// <summary>The index of the step it stands at. Starts at 0.</summary>
    public int Step { get; init; }

    /// <summary>The variables by slot. The slots of <see cref="RootSlots.Run"/> and <see cref="RootSlots.Now"/> stay empty: they are set at each advance.</summary>
    public required ImmutableArray<object?> Slots { get; init; }

    /// <summary>What each step remembers, by its index: kept across a resume, forgotten when the step is entered anew.</summary>
    public ImmutableDictionary<int, StepMemory> Memory { get; init; } = ImmutableDictionary<int, StepMemory>.Empty;

    /// <summary>What was asked of the host and is not answered yet, or waits to be asked again. Null: nothing.</summary>
    public PendingCall? Pending { get; init; }

    /// <summary>What the person must see now; null for nothing.</summary>
    public PromptView? Prompt { get; init; }

    /// <summary>The calls that take back what was done, the newest last.</summary>
    public ImmutableArray<UndoEntry> Undo { get; init; } = [];

    /// <summary>What this run has left at the provider so far, and what an earlier one did if this one took it; by the part's name.</summary>
    public ImmutableDictionary<string, JsonElement> Leftover { get; init; } = ImmutableDictionary<string, JsonElement>.Empty;

    /// <summary>Whether this run added to <see cref="Leftover"/>.</summary>
    public bool HasNewLeftover { get; init; }

    /// <summary>Calls of hooks that came before they were awaited, in order; each leaves when it is awaited.</summary>
    public ImmutableArray<KeptSignal> Signals { get; init; } = [];

    /// <summary>The hooks that were called since a poll last asked: its next round is made at once.</summary>
    public ImmutableArray<string> Hints { get; init; } = [];

    /// <summary>How often it was begun anew.</summary>
    public int Restarts { get; init; }

    /// <summary>What it is heading for while a call is waited out or things are undone; null while it goes on.</summary>
    public Ending? Ending { get; init; }

    /// <summary>Null until it has ended.</summary>
    public Exit? Exit { get; init; }

    /// <summary>Counts the effects named so far.</summary>
    public int Effects { get; init; }

    /// <summary>Counts the prompts named so far.</summary>
    public int Prompts { get; init; }

    /// <summary>When time alone brings the next change; null where it never does.</summary>
    public DateTimeOffset? WakeAt { get; init; }

    /// <summary>Whether the host is asked for something and has not answered.</summary>
    public bool IsAsking => Pending is { SendAt: null, IsLost: false };

    /// <summary>Names no value of the flow: some are secret, many are a person's.</summary>
    public override string ToString() => $"{Id} at step {Step}, {Status}";
}

/// <summary>What a step remembers while it waits, and while its actions run. All counters start at 0.</summary>
public sealed record StepMemory
{
    /// <summary>When the step gives up; null where only the run's limit bounds it.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>The rounds of a repeat that were counted, or the calls a poll has made.</summary>
    public int Rounds { get; init; }

    /// <summary>Failed poll rounds in a row.</summary>
    public int Failures { get; init; }

    /// <summary>What the provider added to a poll's pause for good.</summary>
    public TimeSpan Slower { get; init; }

    /// <summary>When the next round, or the end of a wait, is due; null while a call is under way or a person is asked.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>Answers that were refused.</summary>
    public int Refused { get; init; }

    /// <summary>Said above the form when it is asked again.</summary>
    public ImmutableArray<PromptMessage> Messages { get; init; } = [];

    /// <summary>The id of what is asked now; null before, and after an action: it is asked anew then.</summary>
    public PromptId? Asked { get; init; }

    /// <summary>Counts from 1 what was shown under <see cref="Asked"/>.</summary>
    public int Rev { get; init; }

    /// <summary>When this step first showed a prompt; null before.</summary>
    public DateTimeOffset? AppearedAt { get; init; }

    /// <summary>The value being shown; null before the first.</summary>
    public ShownMemory? Shown { get; init; }

    /// <summary>The actions taken, by name.</summary>
    public ImmutableDictionary<string, TakenAction> Actions { get; init; } = ImmutableDictionary<string, TakenAction>.Empty;
}

/// <summary>A call of a hook that nobody awaited yet.</summary>
/// <param name="Hook">The flow's name for it.</param>
/// <param name="Payload">The hook's record.</param>
public sealed record KeptSignal(string Hook, JsonElement Payload)
{
    public override string ToString() => Hook;
}

/// <summary>How often an action was taken, and when last.</summary>
public sealed record TakenAction(int Count, DateTimeOffset LastAt);

/// <summary>The shown value as the machine remembers it: by fingerprint, since the value itself must not outlive its time.</summary>
/// <param name="Since">When it was first shown; a literal life counts from here.</param>
/// <param name="Rotation">Counts from 1 the values shown in this step.</param>
public sealed record ShownMemory(string Fingerprint, DateTimeOffset Since, int Rotation);

/// <summary>What is asked of the host.</summary>
public enum PendingKind
{
    /// <summary>The call of a <c>call</c> step.</summary>
    Call,

    /// <summary>One round of a poll.</summary>
    Poll,

    /// <summary>The submit call of a prompt.</summary>
    Submit,

    /// <summary>The call that takes back an earlier one.</summary>
    Undo,

    /// <summary>The look into the store for the identity.</summary>
    LookUp,
}

/// <summary>One thing asked of the host.</summary>
/// <param name="Effect">New with each attempt; the same again after a crash.</param>
/// <param name="Site">The call site; -1 for a look-up.</param>
/// <param name="Input">The operation's input record; for a look-up the identity key.</param>
/// <param name="Attempt">Counts from 1; waiting out a rate limit does not raise it.</param>
/// <param name="Deadline">When a call under way must have ended.</param>
public sealed record PendingCall(PendingKind Kind, EffectId Effect, int Site, object Input, int Attempt, DateTimeOffset Deadline)
{
    /// <summary>When it is to be sent; null once it was sent.</summary>
    public DateTimeOffset? SendAt { get; init; }

    /// <summary>How often in a row the provider asked to slow down.</summary>
    public int RateLimits { get; init; }

    /// <summary>Whether its outcome was lost with the worker; it is settled at the deadline.</summary>
    public bool IsLost { get; init; }

    /// <summary>The call that finds out whether this one happened, its arguments fixed beforehand; null for none.</summary>
    public ConfirmCall? Confirm { get; init; }

    /// <summary>Since when <see cref="Confirm"/> is being asked instead; null before.</summary>
    public DateTimeOffset? ConfirmingSince { get; init; }

    /// <summary>Names the call, never what it sends.</summary>
    public override string ToString() => $"{Kind} {Effect}, attempt {Attempt}";
}

/// <summary>A call that finds out whether another one happened.</summary>
/// <param name="SettleBy">The deadline of the call in doubt: until then a "not found" may still become wrong.</param>
public sealed record ConfirmCall(int Site, object Input, DateTimeOffset SettleBy)
{
    public override string ToString() => $"site {Site}";
}

/// <summary>A call that takes back a step.</summary>
/// <param name="Step">The index of the step it takes back.</param>
public sealed record UndoEntry(int Step, int Site, object Input)
{
    public override string ToString() => $"undo of step {Step}";
}

/// <summary>What a run is heading for once its call is settled and what was done is undone.</summary>
/// <param name="Status">A final status; ignored where it begins anew.</param>
/// <param name="Step">The name of the step it stood at.</param>
public sealed record Ending(RunStatus Status, string Code, string Step, bool IsRestart = false);
