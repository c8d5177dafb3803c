using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Engine.Runs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Engine.Host;

/// <summary>Every refusal of the API: status, stable code, and one sentence that says what happened and what would be right.</summary>
internal static class Problems
{
    /// <summary>The <c>Retry-After</c> of what is worth sending again at once.</summary>
    public const string SoonSeconds = "1";

    public static ProblemHttpResult Unauthorized() => Problem(401, "unauthorized",
        "no known API key: send one as 'Authorization: Bearer eng_…' or 'X-Api-Key: eng_…'");

    public static ProblemHttpResult LinkNotValid() => Problem(401, "link_not_valid",
        "the link is unknown, used already or past its time: ask for a new one");

    public static ProblemHttpResult Forbidden() => Problem(403, "forbidden",
        "this browser may only see and answer the runs of its links: an API key is needed for the rest");

    public static ProblemHttpResult ScopeMissing(string scope) => Problem(403, "scope_missing",
        $"this API key does not have the scope '{scope}': make one with 'engine key add NAME --scope {scope}'");

    public static ProblemHttpResult SignInFirst() => Problem(401, "sign_in_first", "the session has ended: open /ops and sign in");

    public static ProblemHttpResult StaleForm() => Problem(403, "stale_form",
        "the form was not made for this session, or the session has changed: go back, reload the page and try again");

    public static ProblemHttpResult ForeignOrigin() => Problem(403, "foreign_origin",
        "a browser's change must come from the engine's own page");

    public static ProblemHttpResult ForeignHost() => Problem(421, "foreign_host",
        "the engine answers only to localhost, 127.0.0.1 and [::1]");

    public static ProblemHttpResult BrowserWanted() => Problem(403, "browser_wanted",
        "a visit is bound to the browser that asks for it: make the run a link, and open that in the person's browser");

    /// <param name="code">Of the failure.</param>
    public static ProblemHttpResult NoVisit(string code) => Problem(422, "no_visit",
        $"the provider's page cannot be opened: {code}", ("failure", code));

    public static ProblemHttpResult Busy() => Problem(503, "busy", "this cannot be taken at present: send it again soon");

    public static ProblemHttpResult NotFound() => Problem(404, "not_found", "there is nothing at this address");

    public static ProblemHttpResult UnknownRun(string run) => Problem(404, "unknown_run", $"there is no run '{run}'");

    public static ProblemHttpResult UnknownConnection(string connection) =>
        Problem(404, "unknown_connection", $"there is no connection '{connection}'");

    public static ProblemHttpResult ConnectionBusy(RunId run) => Problem(409, "run_open",
        $"run '{run}' works on this connection: end it first", ("run", run));

    public static ProblemHttpResult NotUnclaimed(string connection) => Problem(409, "not_unclaimed",
        $"connection '{connection}' belongs to somebody already: only one that is 'unclaimed' can be claimed");

    /// <summary>A connection of the real provider in the sandbox, or the other way round.</summary>
    public static ProblemHttpResult OutOfReach(Connection connection) => Problem(409, "connection_out_of_reach",
        connection.World is null
            ? "the connection is at the real provider, and this engine plays the sandbox: use an engine started with '--real'; nothing was called"
            : "the connection lives in the sandbox, and this engine calls the real providers: use an engine of the sandbox; nothing was called");

    /// <summary>A run of the real provider in the sandbox, or the other way round.</summary>
    public static ProblemHttpResult OutOfReach(StoredRun run) => Problem(409, "run_out_of_reach",
        run.World is null
            ? "the run is at the real provider, and this engine plays the sandbox: it goes on in an engine started with '--real'; nothing was changed"
            : "the run lives in the sandbox, and this engine calls the real providers: it goes on in an engine of the sandbox; nothing was changed");

    /// <summary>Why an operation of a connection gave no result.</summary>
    public static ProblemHttpResult OfCall(ConnectionCallOutcome outcome, string connection, string operation) => outcome switch
    {
        ConnectionCallOutcome.NoSuchConnection => UnknownConnection(connection),
        ConnectionCallOutcome.NotOffered none => Problem(404, "unknown_operation",
            $"the connection's provider has no operation '{operation}' for callers; it has {Listed(none.Offered)}"),
        ConnectionCallOutcome.NotUsable not => Problem(409, "connection_not_usable",
            $"the connection is '{Word(not.Connection.Health)}': see its 'action'; nothing was called",
            ("health", not.Connection.Health), ("cause", not.Connection.Cause),
            ("action", HealthAction.Of(not.Connection.Health, not.Connection.Cause))),
        ConnectionCallOutcome.OutOfReach elsewhere => OutOfReach(elsewhere.Connection),
        ConnectionCallOutcome.InputRefused refused => Problem(422, "invalid_input", refused.Sentence),
        ConnectionCallOutcome.KeyRequired => Problem(422, "idempotency_key_required",
            $"'{operation}' must happen once: send an 'Idempotency-Key', the same one whenever you send this request again"),
        ConnectionCallOutcome.KeyReused => Problem(422, "idempotency_key_reused",
            "this Idempotency-Key was sent before with another request: take a new one"),
        ConnectionCallOutcome.InDoubt => Problem(409, "in_doubt",
            "this call was begun before, and what came of it is not known, or not yet: it is not made again"),
        ConnectionCallOutcome.Failed { Declared: { } declared } failed => Problem(422, "operation_failed",
            $"'{operation}' failed: {failed.Failure.Message}",
            ("failure", declared.Code), ("text", declared.Text), ("in_doubt", failed.Failure.IsInDoubt)),
        ConnectionCallOutcome.Failed failed => Problem(502, "provider_failed",
            $"'{operation}' failed: {failed.Failure.Message}",
            ("failure", failed.Failure.Code), ("text", EngineTexts.TextOf(failed.Failure.Code)), ("in_doubt", failed.Failure.IsInDoubt),
            ("retry_after", failed.Failure.RetryAfter is { } wait ? (int)Math.Ceiling(wait.TotalSeconds) : null)),
        _ => throw new UnreachableException(),
    };

    public static ProblemHttpResult MethodNotAllowed() => Problem(405, "method_not_allowed", "the address does not take this method");

    public static ProblemHttpResult StaleReply(PromptView? current) => Problem(409, "stale_reply",
        current is null
            ? "the run asks for nothing at present; the reply changed nothing"
            : $"the run asks '{current.Id}' now, or was answered already; the reply changed nothing",
        ("prompt", current));

    public static ProblemHttpResult TooLong(string what, long limit, string unit) => Problem(413, "too_long",
        $"{what} is longer than {limit} {unit}");

    public static ProblemHttpResult UnsupportedMediaType() => Problem(415, "unsupported_media_type",
        "the body must be JSON, sent with 'Content-Type: application/json'");

    /// <param name="where">A place in the body, never a value.</param>
    public static ProblemHttpResult MalformedBody(string where) => Problem(400, "malformed_body",
        $"the body is not what this call takes: look at {where}");

    public static ProblemHttpResult MalformedRequest(string what) => Problem(400, "malformed_request", what);

    public static ProblemHttpResult RunEnded(RunId run) => Problem(409, "run_ended", $"the run '{run}' has ended: start a new one");

    /// <summary>Values that fields do not take; one that is too long makes it a matter of length.</summary>
    public static ProblemHttpResult FieldsRefused(ImmutableArray<FieldError> errors)
    {
        var tooLong = errors.Where(error => error.Code == "too_long").Select(error => error.Field).ToList();
        return tooLong.Count > 0
            ? Problem(413, "too_long", $"what was given for {Listed(tooLong)} is too long", ("errors", errors))
            : Problem(422, "invalid_input", $"what was given for {Listed(errors.Select(error => error.Field))} cannot be taken", ("errors", errors));
    }

    public static ProblemHttpResult UnknownAction(string action, PromptView prompt) => Problem(422, "unknown_action",
        $"prompt '{prompt.Id}' has no action '{action}'; it has {Listed(ActionsOf(prompt))}");

    public static ProblemHttpResult ActionUsedUp(string action) => Problem(422, "action_used_up",
        $"the action '{action}' was taken as often as it may be");

    public static ProblemHttpResult ActionTooSoon(string action, DateTimeOffset availableAt) => Problem(422, "action_too_soon",
        $"the action '{action}' may be taken from {availableAt:O} on", ("available_at", availableAt));

    /// <summary>Why a run was not started.</summary>
    public static ProblemHttpResult OfStart(WishOutcome outcome, EmbeddedEngine engine) => outcome switch
    {
        WishOutcome.NoSuchScenario none => Problem(422, "unknown_scenario",
            $"the sandbox has no scenario '{none.Scenario}' for this flow; it has {Listed(none.Known)}"),
        WishOutcome.ProviderDown down => Problem(503, "provider_down",
            $"provider '{down.Incident.Provider}' is down, by an operator's word: no run is begun until that is over", ("text", down.Incident.FullText)),
        WishOutcome.ScenarioNotOffered => Problem(422, "scenario_not_offered",
            "a scenario is for the sandbox; this flow calls no provider that it plays"),
        WishOutcome.ConnectionOutOfReach elsewhere => OutOfReach(elsewhere.Connection),
        WishOutcome.Refused refused => OfStart(refused.Outcome, engine.Flows.Offered.Select(flow => flow.Name)),
        _ => throw new UnreachableException(),
    };

    /// <summary>A mistake of ours, or a lost database. What happened is in the log under the trace.</summary>
    public static ProblemHttpResult Internal(string trace) => Problem(500, "internal",
        "the engine failed to answer; its log has the reason under the trace", ("trace", trace));

    /// <summary>This node should be sent no work at present.</summary>
    /// <param name="problems">Their names.</param>
    public static ProblemHttpResult NotReady(IReadOnlyCollection<string> problems) => Problem(503, "not_ready",
        $"this node is not ready: {Listed(problems)}", ("problems", problems));

    /// <summary>The database cannot be reached or written at present.</summary>
    public static ProblemHttpResult Unavailable(string trace) => Problem(503, "unavailable",
        "the engine cannot reach its store at present: try again soon", ("trace", trace));

    private static ProblemHttpResult OfStart(StartOutcome outcome, IEnumerable<string> flows) => outcome switch
    {
        StartOutcome.NoSuchFlow none => Problem(404, "unknown_flow", $"there is no flow '{none.Flow}'; there is {Listed(flows)}"),
        StartOutcome.BegunByHook begun => Problem(422, "begun_by_hook",
            $"a call of the provider ('{begun.Hook}') begins this flow; nobody else can"),
        StartOutcome.InputRefused refused => FieldsRefused(refused.Errors),
        StartOutcome.PurposeNotOffered purpose => Problem(422, "purpose_not_offered",
            $"the flow is not for '{Word(purpose.Purpose)}'; it is for {Listed(purpose.Offered.Select(Word))}"),
        StartOutcome.ConnectionRequired purpose => Problem(422, "connection_required",
            $"'{Word(purpose.Purpose)}' needs the connection it is about: name it in 'connection'"),
        StartOutcome.ConnectionNotWanted => Problem(422, "connection_not_wanted",
            "'connect' makes a new connection: leave 'connection' out, or say 'reauth'"),
        StartOutcome.NoSuchConnection none => Problem(422, "connection_unknown", $"there is no connection '{none.Connection}'"),
        StartOutcome.ConnectionOfOtherFlow other => Problem(422, "connection_of_other_flow",
            $"the connection was made by flow '{other.Flow}'; its 'renewed_by' says which flows may renew it"),
        StartOutcome.KeyReused => Problem(422, "idempotency_key_reused",
            "this Idempotency-Key was sent before with another request: take a new one"),
        StartOutcome.AlreadyOpen open => Problem(409, "reauth_already_open",
            $"run '{open.Run}' is re-authorizing this connection already", ("run", open.Run)),
        _ => throw new UnreachableException(),
    };

    private static ProblemHttpResult Problem(int status, string code, string detail, params (string Name, object? Value)[] more)
    {
        var extensions = new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = code };
        foreach (var (name, value) in more) extensions[name] = value;
        return TypedResults.Problem(detail, statusCode: status, title: TitleOf(status), type: $"urn:engine:problem:{code}", extensions: extensions);
    }

    private static string TitleOf(int status) => status switch
    {
        400 => "The request cannot be understood",
        401 => "Not signed in",
        403 => "Not allowed",
        404 => "Not found",
        405 => "Method not allowed",
        409 => "Out of date",
        413 => "Too long",
        415 => "Not JSON",
        421 => "Wrong host",
        422 => "Refused",
        500 => "The engine failed",
        502 => "The provider failed",
        503 => "The engine is not ready",
        _ => throw new UnreachableException($"status {status}"),
    };

    private static IEnumerable<string> ActionsOf(PromptView prompt) =>
        (prompt.CanSubmit ? ["submit"] : Array.Empty<string>()).Concat(prompt.Actions.Select(action => action.Name)).Append("cancel");

    private static string Word<T>(T word)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(word.ToString());

    private static string Listed(IEnumerable<string> names) =>
        string.Join(", ", names.Select(name => $"'{name}'")) is { Length: > 0 } list ? list : "none";
}
