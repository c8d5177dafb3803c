using System.Diagnostics;
using Engine.Runs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Engine.Host;

/// <summary>Every refusal of the API: status, stable code, and one sentence that says what happened and what would be right.</summary>
internal static class Problems
{
    public static ProblemHttpResult Unauthorized() => Problem(401, "unauthorized",
        "no known API key: send one as 'Authorization: Bearer eng_…' or 'X-Api-Key: eng_…'");

    public static ProblemHttpResult LinkNotValid() => Problem(401, "link_not_valid",
        "the link is unknown, used already or past its time: ask for a new one");

    public static ProblemHttpResult Forbidden() => Problem(403, "forbidden",
        "this browser may only see and answer the runs of its links: an API key is needed for the rest");

    public static ProblemHttpResult ForeignOrigin() => Problem(403, "foreign_origin",
        "a browser's change must come from the engine's own page");

    public static ProblemHttpResult ForeignHost() => Problem(421, "foreign_host",
        "the engine answers only to localhost, 127.0.0.1 and [::1]");

    public static ProblemHttpResult NotFound() => Problem(404, "not_found", "there is nothing at this address");

    public static ProblemHttpResult UnknownFlow(string flow, IEnumerable<string> known) => Problem(404, "unknown_flow",
        $"there is no flow '{flow}'; there is {Listed(known)}");

    public static ProblemHttpResult UnknownRun(string run) => Problem(404, "unknown_run", $"there is no run '{run}'");

    public static ProblemHttpResult UnknownConnection(string connection) =>
        Problem(404, "unknown_connection", $"there is no connection '{connection}'");

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

    /// <param name="errors">By field: what would be right.</param>
    public static ProblemHttpResult InvalidInput(IReadOnlyDictionary<string, FieldError> errors) => Problem(422, "invalid_input",
        $"what was given for {Listed(errors.Keys)} cannot be taken", ("errors", errors));

    public static ProblemHttpResult UnknownScenario(string scenario, IEnumerable<string> known) => Problem(422, "unknown_scenario",
        $"the sandbox has no scenario '{scenario}' for this flow; it has {Listed(known)}");

    public static ProblemHttpResult ScenarioNotOffered() => Problem(422, "scenario_not_offered",
        "scenarios are for the sandbox; this engine calls the real providers");

    public static ProblemHttpResult IdempotencyKeyReused(string key) => Problem(422, "idempotency_key_reused",
        $"the idempotency key '{key}' was sent before with another request");

    /// <summary>A mistake of ours, or a lost database. What happened is in the log under the trace.</summary>
    public static ProblemHttpResult Internal(string trace) => Problem(500, "internal",
        "the engine failed to answer; its log has the reason under the trace", ("trace", trace));

    public static ProblemHttpResult Problem(int status, string code, string detail, params (string Name, object? Value)[] more)
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
        _ => throw new UnreachableException($"status {status}"),
    };

    private static string Listed(IEnumerable<string> names) =>
        string.Join(", ", names.Select(name => $"'{name}'")) is { Length: > 0 } list ? list : "none";
}

/// <summary>Why a field's value cannot be taken.</summary>
/// <param name="Code">A stable word.</param>
/// <param name="Text">One sentence, by language.</param>
internal sealed record FieldError(string Code, IReadOnlyDictionary<string, string> Text);
