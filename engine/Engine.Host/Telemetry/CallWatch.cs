using System.Diagnostics;
using Engine.Sdk;

namespace Engine.Host;

/// <summary>Watches one call of a provider's operation: a span while it lasts, its time and its outcome at the end. A call that is abandoned is not counted.</summary>
internal readonly struct CallWatch : IDisposable
{
    private readonly EngineMeters meters;
    private readonly TimeProvider time;
    private readonly string provider;
    private readonly string operation;
    private readonly Activity? span;
    private readonly long began;

    private CallWatch(EngineMeters meters, TimeProvider time, string provider, string operation, Activity? span)
    {
        this.meters = meters;
        this.time = time;
        this.provider = provider;
        this.operation = operation;
        this.span = span;
        began = time.GetTimestamp();
    }

    /// <param name="subject">What the call is for: <c>engine.run.id</c> or <c>engine.connection.id</c>, and the id.</param>
    public static CallWatch Begin(EngineMeters meters, TimeProvider time, string provider, string operation, (string Name, string Id) subject)
    {
        var opened = Spans.Source.HasListeners() ? Spans.Source.StartActivity($"{provider}.{operation}") : null;
        opened?.SetTag("engine.provider", provider).SetTag("engine.operation", operation).SetTag(subject.Name, subject.Id);
        return new CallWatch(meters, time, provider, operation, opened);
    }

    /// <summary>Says how it ended.</summary>
    /// <param name="failure">Null where the call was answered.</param>
    public void End(Failure? failure)
    {
        meters.Called(provider, operation, time.GetElapsedTime(began), failure);
        if (failure is null || span is null) return;
        span.SetTag("error.type", failure.Code).SetTag("engine.in_doubt", failure.IsInDoubt);
        span.SetStatus(ActivityStatusCode.Error);
    }

    public void Dispose() => span?.Dispose();
}
