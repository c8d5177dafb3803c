using Engine.Flows;
using Engine.Runs;

namespace Engine.Host;

/// <summary>Everything the host logs. Ids and codes only: never what a person typed, never what a provider answered.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "engine started: {Flows} flows, {Providers} providers, data in '{DataFolder}'", EventName = "engine.started")]
    public static partial void EngineStarted(ILogger log, int flows, int providers, string dataFolder);

    [LoggerMessage(2, LogLevel.Information, "engine stopped", EventName = "engine.stopped")]
    public static partial void EngineStopped(ILogger log);

    [LoggerMessage(3, LogLevel.Warning, "engine stops with work under way: it did not end within {Limit}, and other processes take it up", EventName = "engine.stop_cut_short")]
    public static partial void StopCutShort(ILogger log, TimeSpan limit);

    [LoggerMessage(10, LogLevel.Warning, "flow: {Finding}", EventName = "flow.finding")]
    public static partial void FlowFinding(ILogger log, string finding);

    [LoggerMessage(11, LogLevel.Warning, "flow file '{File}' is passed over: {Reason}", EventName = "flow.name_taken")]
    public static partial void FlowNameTaken(ILogger log, string file, string reason);

    [LoggerMessage(12, LogLevel.Warning, "flow folder '{Folder}' does not exist", EventName = "flow.folder_missing")]
    public static partial void FlowFolderMissing(ILogger log, string folder);

    [LoggerMessage(14, LogLevel.Error, "version {Version} of flow '{Flow}' cannot be loaded here, and its runs are left to other engines: {Why}", EventName = "flow.version_not_loaded")]
    public static partial void VersionNotLoaded(ILogger log, Exception? cause, string flow, string version, string why);

    [LoggerMessage(15, LogLevel.Warning, "flow file '{File}' has findings: flow '{Flow}' is served in its last good version {Version}", EventName = "flow.kept")]
    public static partial void FlowKept(ILogger log, string file, string flow, string version);

    [LoggerMessage(16, LogLevel.Information, "flow '{Flow}' is offered in version {Version}", EventName = "flow.offered")]
    public static partial void FlowOffered(ILogger log, string flow, string version);

    [LoggerMessage(17, LogLevel.Information, "flow '{Flow}' is not offered any more", EventName = "flow.withdrawn")]
    public static partial void FlowWithdrawn(ILogger log, string flow);

    [LoggerMessage(18, LogLevel.Error, "looking for changed flows and plugins failed; the next look tries again", EventName = "flow.reload_failed")]
    public static partial void ReloadFailed(ILogger log, Exception cause);

    [LoggerMessage(19, LogLevel.Warning, "the system sends no notices of changes in '{Folder}': {Reason}; they are found by looking", EventName = "flow.notices_missing")]
    public static partial void NoticesMissing(ILogger log, string folder, string reason);

    [LoggerMessage(24, LogLevel.Information, "publication {Number} is served: {Flows} flows", EventName = "publication.served")]
    public static partial void PublicationServed(ILogger log, long number, int flows);

    [LoggerMessage(25, LogLevel.Information, "no publication is served any more, by publication {Number}: the engine serves its own folders", EventName = "publication.left")]
    public static partial void PublicationLeft(ILogger log, long number);

    [LoggerMessage(20, LogLevel.Warning, "{Problem}", EventName = "plugin.problem")]
    public static partial void PluginProblem(ILogger log, string problem);

    [LoggerMessage(21, LogLevel.Warning, "provider '{Provider}' cannot be used with its settings: {Reason}", EventName = "provider.unusable")]
    public static partial void ProviderUnusable(ILogger log, string provider, string reason);

    [LoggerMessage(22, LogLevel.Information, "provider '{Provider}' is loaded in build {Build}", EventName = "plugin.loaded")]
    public static partial void PluginLoaded(ILogger log, string provider, string build);

    [LoggerMessage(23, LogLevel.Warning, "compiled flows cannot be kept in '{Folder}': {Reason}", EventName = "flow.cache_unusable")]
    public static partial void CacheUnusable(ILogger log, string folder, string reason);

    [LoggerMessage(30, LogLevel.Information, "run {Run} started: flow '{Flow}', purpose {Purpose}", EventName = "run.started")]
    public static partial void RunStarted(ILogger log, RunId run, string flow, Purpose purpose);

    [LoggerMessage(31, LogLevel.Error, "run {Run} could not be advanced at step '{Step}' (its crashes in a row: {Crashes}; parked for it: {IsParked}, ended for it: {IsEnded})", EventName = "run.not_advanced")]
    public static partial void PumpTroubled(ILogger log, Exception cause, RunId? run, string step, int crashes, bool isParked, bool isEnded);

    [LoggerMessage(45, LogLevel.Error, "parked runs could not be looked at; the next look tries again", EventName = "run.retries_failed")]
    public static partial void RetriesTroubled(ILogger log, Exception cause);

    [LoggerMessage(32, LogLevel.Critical, "the pump stopped: no run goes on; it starts again in {Pause}", EventName = "pump.stopped")]
    public static partial void PumpStopped(ILogger log, Exception cause, TimeSpan pause);

    [LoggerMessage(33, LogLevel.Warning, "a provider's call was not taken: {Why}", EventName = "hook.not_taken")]
    public static partial void HookNotTaken(ILogger log, string why);

    [LoggerMessage(34, LogLevel.Warning, "flow '{Flow}' was not begun by '{Provider}.{Hook}': {Outcome}", EventName = "delivery.refused")]
    public static partial void DeliveryRefused(ILogger log, string flow, string provider, string hook, string outcome);

    [LoggerMessage(35, LogLevel.Error, "providers' calls that begin flows could not be looked at; the next look tries again", EventName = "delivery.failed")]
    public static partial void DeliveriesFailed(ILogger log, Exception cause);

    [LoggerMessage(36, LogLevel.Error, "connection {Connection} could not be looked after; it is tried again", EventName = "connection.care_failed")]
    public static partial void CareTroubled(ILogger log, Exception cause, ConnectionId? connection);

    [LoggerMessage(37, LogLevel.Warning, "this node could not say that it lives; it is tried again", EventName = "node.heartbeat_missed")]
    public static partial void HeartbeatMissed(ILogger log, Exception cause);

    [LoggerMessage(38, LogLevel.Information, "run {Run} ended: flow '{Flow}', {Status}, exit '{Exit}', at step '{Step}'", EventName = "run.ended")]
    public static partial void RunEnded(ILogger log, RunId run, string flow, string status, string exit, string step);

    [LoggerMessage(46, LogLevel.Information, "a write about run {Run} was refused, since another engine has taken it over: {Operation}", EventName = "run.write_refused")]
    public static partial void WriteRefused(ILogger log, RunId run, string operation);

    [LoggerMessage(39, LogLevel.Warning, "a provider was not called at {Host}: {Why}", EventName = "egress.refused")]
    public static partial void EgressRefused(ILogger log, string host, string why);

    [LoggerMessage(43, LogLevel.Warning, "'{Provider}.{Operation}' was not called: it would have led where the provider may not connect", EventName = "egress.not_declared")]
    public static partial void EgressNotDeclared(ILogger log, string provider, string operation);

    [LoggerMessage(44, LogLevel.Information, "a provider is called at {Host}, which is not public: its settings say so", EventName = "egress.private")]
    public static partial void EgressPrivate(ILogger log, string host);

    [LoggerMessage(40, LogLevel.Error, "request failed, trace {Trace}", EventName = "request.failed")]
    public static partial void RequestFailed(ILogger log, Exception cause, string trace);

    [LoggerMessage(42, LogLevel.Warning, "request refused, trace {Trace}: {Reason}", EventName = "request.store_away")]
    public static partial void StoreAway(ILogger log, string trace, string reason);

    [LoggerMessage(41, LogLevel.Information, "API key '{Name}' was made", EventName = "access.key_made")]
    public static partial void ApiKeyMade(ILogger log, string name);
}
