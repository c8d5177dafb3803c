using Hangfire.States;
using Hangfire.Storage;

namespace Engine.Hangfire;

/// <summary>Keeps jobs that went well for an hour only: at 50 a second, a day's would be four million rows.</summary>
internal sealed class ExpiryFilter : IApplyStateFilter
{
    private static readonly TimeSpan kept = TimeSpan.FromHours(1);

    public void OnStateApplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
    {
        if (context.NewState is SucceededState) context.JobExpirationTimeout = kept;
    }

    public void OnStateUnapplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
    {
    }
}
