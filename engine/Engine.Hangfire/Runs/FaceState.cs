using System.Diagnostics;
using Engine.Runs;
using Hangfire.States;

namespace Engine.Hangfire;

/// <summary>The state of a run's face. Everybody who sees the dashboard sees it: it holds names and codes, never a value.</summary>
internal sealed class FaceState(string name, string step, string? exitCode, string? reason) : IState
{
    /// <summary>
    /// All of them, with the look of their cards. The two ends that Hangfire has states of the same name for are called otherwise: its lists of
    /// failed and succeeded jobs are of jobs that somebody must look at, not of sign-ins that a person gave up.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Looks { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [Running] = "warning",
        [Polling] = "info",
        [AwaitingInput] = "active",
        [AwaitingCallback] = "active",
        [RetryScheduled] = "warning",
        [Succeeded] = "success",
        [Failed] = "danger",
        [Cancelled] = "inactive",
        [Expired] = "inactive",
    };

    public const string Running = "Running";
    public const string Polling = "Polling";
    public const string AwaitingInput = "AwaitingInput";
    public const string AwaitingCallback = "AwaitingCallback";
    public const string RetryScheduled = "RetryScheduled";
    public const string Succeeded = "RunSucceeded";
    public const string Failed = "RunFailed";
    public const string Cancelled = "Cancelled";
    public const string Expired = "Expired";

    public string Name => name;

    public string? Reason => reason;

    /// <summary>Hangfire keeps the face of a run that goes on, and forgets that of one that has ended after a day, as the projection does.</summary>
    public bool IsFinal => name is Succeeded or Failed or Cancelled or Expired;

    public bool IgnoreJobLoadException => true;

    public Dictionary<string, string> SerializeData()
    {
        var data = new Dictionary<string, string>(StringComparer.Ordinal) { ["Step"] = step };
        if (exitCode is not null) data["Code"] = exitCode;
        return data;
    }

    /// <param name="reason">Why it came to it, where somebody asked for it; null where the run itself did.</param>
    public static FaceState Of(RunFace run, string? reason = null) => new(NameOf(run), run.Step, run.ExitCode, reason);

    public static string NameOf(RunFace run) => run.Status switch
    {
        _ when run.IsSetBack => RetryScheduled,
        RunStatus.Running => Running,
        RunStatus.WaitingUser => AwaitingInput,
        RunStatus.WaitingProvider => run.IsRetrying ? RetryScheduled : Polling,
        RunStatus.WaitingCallback => AwaitingCallback,
        RunStatus.Succeeded => Succeeded,
        RunStatus.Failed => Failed,
        RunStatus.Cancelled => Cancelled,
        RunStatus.Expired => Expired,
        _ => throw new UnreachableException(),
    };
}
