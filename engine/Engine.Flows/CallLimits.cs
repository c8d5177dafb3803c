namespace Engine.Flows;

/// <summary>The engine's own bounds of calls, which no flow sets.</summary>
public static class CallLimits
{
    /// <summary>How often an undo is tried.</summary>
    public const int UndoAttempts = 3;

    /// <summary>How often at the most it is asked whether a call in doubt happened: the pauses double within <see cref="Confirm"/>.</summary>
    public const int ConfirmAttempts = 9;

    /// <summary>The longest that one attempt may take.</summary>
    public static TimeSpan Attempt { get; } = TimeSpan.FromSeconds(15);

    /// <summary>How long it is asked whether a call in doubt happened.</summary>
    public static TimeSpan Confirm { get; } = TimeSpan.FromMinutes(2);

    /// <summary>The longest pause between two attempts that no provider asked for.</summary>
    public static TimeSpan LongestPause { get; } = TimeSpan.FromMinutes(1);
}
