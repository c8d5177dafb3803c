using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Engine.Sdk;

namespace Engine.Flows;

/// <summary>Says in plain words what a flow does, how it may end, what it needs, and what it costs at the most.</summary>
public static class FlowExplanation
{
    /// <summary>The explanation; null where the flow has errors.</summary>
    public static (FlowCheck Check, ExplainedFlow? Explained) Of(FlowSource source, Catalog catalog, CancellationToken cancellation)
    {
        var check = FlowCompiler.Check(source, catalog, cancellation);
        return (check, check.Flow is not null && FlowReader.Read(source).Document is { } document ? Explain(document, catalog) : null);
    }

    /// <summary>The explanation as text, its lines ended by a line feed.</summary>
    public static string Write(ExplainedFlow flow)
    {
        ArgumentNullException.ThrowIfNull(flow);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{flow.Flow}: {flow.Title}\n");
        text.Append(CultureInfo.InvariantCulture, $"for: {string.Join(", ", flow.For)}\n");
        if (flow.BegunBy is { } begin) text.Append(CultureInfo.InvariantCulture, $"begins when the provider calls {begin}\n");
        foreach (var input in flow.Given) text.Append(CultureInfo.InvariantCulture, $"given at the start: {input}\n");

        text.Append("\nWhat it does\n");
        foreach (var line in flow.Does) text.Append(CultureInfo.InvariantCulture, $"  {line}\n");
        text.Append("\nHow it may end\n");
        foreach (var end in flow.Ends) text.Append(CultureInfo.InvariantCulture, $"  {end.Code}{(end.Text is null ? "" : $": {end.Text}")}\n");
        text.Append(CultureInfo.InvariantCulture, $"  or with a failure that any call may meet: {string.Join(", ", flow.OtherFailures)}\n");

        text.Append("\nWhat it needs\n");
        if (flow.Needs.IsEmpty) text.Append("  nothing\n");
        foreach (var need in flow.Needs)
        {
            text.Append(CultureInfo.InvariantCulture, $"  provider {need.Provider}\n");
            foreach (var call in need.Operations) text.Append(CultureInfo.InvariantCulture, $"    {call.Name}: {call.Effect}\n");
        }

        WriteBounds(text, flow.AtMost);
        return text.ToString();
    }

    private static ExplainedFlow Explain(FlowDocument document, Catalog catalog)
    {
        var worst = new WorstCase(document, catalog);
        var steps = new StringBuilder();
        new StepWords(steps, worst, document.Purposes.Contains(Purpose.Reauth)).Block(document.Steps, 0);
        var total = document.Total?.Value ?? Compilation.DefaultLimits.Total;
        var cost = worst.Compute();
        return new ExplainedFlow(
            document.Name, Words(document.Title) ?? document.Name,
            [.. document.Purposes.Select(purpose => purpose.ToString().ToLowerInvariant())], document.StartsOn?.Hook.Scalar.Value,
            [.. document.Inputs.Select(StepWords.FieldOf)], [.. steps.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)],
            EndsOf(document, catalog, total), [.. EndCodes.OfAnyCall.Except(document.Fails.Select(fail => fail.Code.Value), StringComparer.Ordinal)],
            [.. document.Uses.Select(use => NeedOf(use, document, worst))],
            new ExplainedBounds((long)cost.Time.TotalSeconds, (long)total.TotalSeconds, cost.Prompts, cost.Calls, cost.Undo));
    }

    private static ImmutableArray<ExplainedEnd> EndsOf(FlowDocument document, Catalog catalog, TimeSpan total)
    {
        var declared = EndCodes.Declared(document, catalog.Providers);
        return
        [
            new("succeeded", null), new("cancelled", "the person may leave at any time"), new("expired", $"after {Durations.Words(total)} at the latest"),
            .. document.Fails.Select(fail => new ExplainedEnd(
                fail.Code.Value == CompiledFlow.Expired ? "expired, by its own steps" : fail.Code.Value,
                (Words(fail.Text) ?? declared.FirstOrDefault(failure => failure.Code == fail.Code.Value)?.Text.GetValueOrDefault("en")) is { Length: > 0 } said
                    ? said
                    : null)),
        ];
    }

    private static ExplainedProvider NeedOf(UseNode use, FlowDocument document, WorstCase worst) => new(
        use.Provider.Value,
        [
            .. Steps.All(document.Steps).SelectMany(StepWords.CallsOf).Where(call => call.Alias.Value == use.Alias.Value)
                .DistinctBy(call => call.Operation.Value, StringComparer.Ordinal)
                .Select(call => new ExplainedOperation(WorstCase.NameOf(call), Marks(worst.OperationOf(call)))),
        ]);

    private static void WriteBounds(StringBuilder text, ExplainedBounds bounds)
    {
        var (steps, limit) = (TimeSpan.FromSeconds(bounds.StepsSeconds), TimeSpan.FromSeconds(bounds.LimitSeconds));
        text.Append("\nAt the most\n");
        text.Append(steps > limit
            ? $"  time: {Durations.Words(limit)}, the run's limit (its steps by themselves: {Durations.Words(steps)})\n"
            : $"  time: {Durations.Words(steps)} (the run's limit: {Durations.Words(limit)})\n");
        text.Append(CultureInfo.InvariantCulture, $"  prompts: {bounds.Prompts}\n");
        foreach (var (operation, count) in bounds.Calls) text.Append(CultureInfo.InvariantCulture, $"  calls of {operation}: {count}\n");
        foreach (var (operation, count) in bounds.TakingBack) text.Append(CultureInfo.InvariantCulture, $"  calls of {operation} to take back: {count}\n");
        if (!bounds.Calls.IsEmpty) text.Append("  A provider's rate limit is waited out and its call made again, beyond these figures, but never past the run's limit.\n");
    }

    private static string Marks(Operation? operation) => operation switch
    {
        null => "unknown",
        { Effect: Effect.Safe } => "changes nothing",
        { Effect: Effect.Idempotent, Creates: true } => "creates something; repeating it does no harm",
        { Effect: Effect.Idempotent } => "changes something; repeating it does no harm",
        { Creates: true } => "creates something; must not happen twice",
        _ => "changes something; must not happen twice",
    };

    internal static string? Words(TextNode? text) => (text?.Parts.FirstOrDefault(part => part.Languages.Contains("en", StringComparer.Ordinal)) ?? text?.Parts.FirstOrDefault())?.Value.Scalar.Value;
}
