using Engine.Flows;
using Engine.Sdk;

namespace Engine.Runs;

/// <summary>Calls the operations of loaded plugins.</summary>
public interface IOperationCaller
{
    /// <summary>
    /// Makes one call. Every outcome is a value, a plugin's exception included; only <paramref name="cancellation"/> throws.
    /// </summary>
    Task<Result<object>> CallAsync(OperationCall call, CancellationToken cancellation);

    /// <summary>Whether anything can be called for a run that lives there: an engine of the sandbox calls no real provider, nor the other way round.</summary>
    /// <param name="world">Null: at the real provider.</param>
    bool Reaches(string? world) => true;
}

/// <summary>One call of an operation.</summary>
/// <param name="Build">The plugin build that the run's flow version was compiled against.</param>
/// <param name="Input">The operation's input record.</param>
/// <param name="World">The sandbox world the call goes to; null: the real provider.</param>
/// <param name="Deadline">The call must have ended by then.</param>
public sealed record OperationCall(
    RunId Run, EffectId Effect, string Provider, string Build, string Operation, object Input, string? World, DateTimeOffset Deadline)
{
    /// <summary>
    /// Whether a caller may hold it back while an operator says that the provider is down: a step's own call, before it was sent. Calls that undo, and
    /// those that find out whether another one happened, are always made. Default: no.
    /// </summary>
    public bool MayWait { get; init; }

    /// <summary>
    /// Whether it is made again after a failure, and might as well be left out. What was asked to wait, finds out or takes back is none. Default: it is the first.
    /// </summary>
    public bool IsRetry { get; init; }

    /// <summary>Names the call, never what it sends.</summary>
    public override string ToString() => $"{Run} {Effect}: {Provider}.{Operation}";
}

/// <summary>Gives the flow versions that runs go on with.</summary>
public interface IFlowVersions
{
    /// <summary>The current version of a flow for new runs; null where there is none.</summary>
    LoadedFlow? FindCurrent(string flow);

    /// <summary>A version that runs pinned; null where it cannot be had any more.</summary>
    Task<LoadedFlow?> FindAsync(string flow, string version, CancellationToken cancellation);
}
