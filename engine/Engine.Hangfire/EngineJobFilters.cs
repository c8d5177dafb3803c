using Engine.Host;
using Hangfire.Common;

namespace Engine.Hangfire;

/// <summary>
/// The filters of this engine's jobs. Not the global ones: those capture a culture, count hours and look for continuations at each change of each
/// job, which nobody here needs.
/// </summary>
internal sealed class EngineJobFilters(Func<EmbeddedEngine> engine) : IJobFilterProvider
{
    private readonly JobFilter face = new(new FaceFilter(engine), JobFilterScope.Global, order: null);
    private readonly JobFilter expiry = new(new ExpiryFilter(), JobFilterScope.Global, order: null);

    public IEnumerable<JobFilter> GetFilters(Job job) =>
        job?.Type == typeof(RunFaceJob) ? [face] : [expiry, .. attributes.GetFilters(job)];

    private readonly JobFilterAttributeFilterProvider attributes = new();
}
