using Engine.Runs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Engine.Host;

/// <summary>Takes a person's answer. The store has the last word on whether it is stale or a repeat.</summary>
internal static class ReplyEndpoint
{
    private const int TransactionLimit = 100;

    public static void MapReplies(this IEndpointRouteBuilder runs) =>
        runs.MapPost("/{id}/replies", ReplyAsync).WithName("Reply").WithSummary("Answers the run's current prompt")
            .WithDescription("The answer is taken (202) before the engine has looked at it; follow the run to see what came of it. "
                + "A reply to a prompt that is not the current one changes nothing (409, with the current prompt).")
            .Produces<ReplyAccepted>(StatusCodes.Status202Accepted).Refuses(404, 409, 413, 422);

    private static async Task<IResult> ReplyAsync(
        string id, ReplyRequest request, HttpContext context, EmbeddedEngine engine, TimeProvider time, CancellationToken cancellation)
    {
        if (request.Transaction.Length == 0) return Problems.MalformedBody("$.transaction: it must not be empty");
        if (request.Transaction.Length > TransactionLimit) return Problems.TooLong("'transaction'", TransactionLimit, "characters");
        if (await engine.FindForAsync(id, context.GetCaller(), cancellation) is not { } run) return Problems.UnknownRun(id);
        if (engine.IsOutOfReach(run)) return Problems.OutOfReach(run);

        IReadOnlyDictionary<string, string> values = request.Values ?? [];
        if (run.Prompt is { IsBusy: false } prompt && prompt.Id.Value == request.Prompt)
        {
            if (request.Action == "submit" && prompt.CanSubmit)
            {
                var check = FieldRules.Check(prompt.Fields, values);
                if (check.Errors.Length > 0) return Problems.FieldsRefused(check.Errors);
                values = check.Values;
            }
            else if (FindRefusal(prompt, request.Action, time.GetUtcNow()) is { } refusal)
            {
                return refusal;
            }
        }

        var reply = new Reply(new PromptId(request.Prompt), request.Transaction, request.Action, values);
        switch (await engine.Store.AcceptReplyAsync(run.Id, reply, cancellation))
        {
            case ReplyOutcome.Accepted:
                engine.Changes.InboxGrew(run.Id);
                return TypedResults.Accepted($"/v1/runs/{run.Id}", new ReplyAccepted(request.Prompt, request.Transaction));
            case ReplyOutcome.Stale stale:
                return Problems.StaleReply(stale.Current is { } current ? RunViewer.AsOf(current, time.GetUtcNow()) : null);
            default:
                return Problems.UnknownRun(id);
        }
    }

    private static ProblemHttpResult? FindRefusal(PromptView prompt, string action, DateTimeOffset now)
    {
        if (action == "cancel") return null;
        return prompt.Actions.FirstOrDefault(candidate => candidate.Name == action) switch
        {
            null => Problems.UnknownAction(action, prompt),
            { Left: <= 0 } => Problems.ActionUsedUp(action),
            { AvailableAt: var at } when at > now => Problems.ActionTooSoon(action, at),
            _ => null,
        };
    }
}
