using Engine.Host;
using Hangfire;
using Hangfire.Common;
using Microsoft.AspNetCore.Http;

namespace Engine.Hangfire;

/// <summary>
/// The filters of this engine's jobs. Not the global ones: those also capture a culture and look for continuations at each change of each job, which
/// nobody here needs. What went well and what failed is counted by the hour for the dashboard's graph; the faces of runs count for neither.
/// </summary>
internal sealed class EngineJobFilters(Func<EmbeddedEngine> engine, IHttpContextAccessor request) : IJobFilterProvider
{
    private readonly JobFilter face = new(new FaceFilter(engine, request), JobFilterScope.Global, order: null);
    private readonly JobFilter expiry = new(new ExpiryFilter(), JobFilterScope.Global, order: null);
    private readonly JobFilter history = new(new StatisticsHistoryAttribute(), JobFilterScope.Global, order: null);

    public IEnumerable<JobFilter> GetFilters(Job job) =>
        job?.Type == typeof(RunFaceJob) ? [face] : [expiry, history, .. attributes.GetFilters(job)];

    private readonly JobFilterAttributeFilterProvider attributes = new();
}
