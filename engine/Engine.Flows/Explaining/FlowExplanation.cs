using System.Globalization;
using System.Text;
using Engine.Sdk;

namespace Engine.Flows;

/// <summary>Says in plain words what a flow does, how it may end, what it needs, and what it costs at the most.</summary>
public static class FlowExplanation
{
    /// <summary>The explanation, in English, its lines ended by a line feed; null where the flow has errors.</summary>
    public static (FlowCheck Check, string? Text) Of(FlowSource source, Catalog catalog, CancellationToken cancellation)
    {
        var check = FlowCompiler.Check(source, catalog, cancellation);
        return (check, check.Flow is not null && FlowReader.Read(source).Document is { } document ? Write(document, catalog) : null);
    }

    private static string Write(FlowDocument document, Catalog catalog)
    {
        var text = new StringBuilder();
        var worst = new WorstCase(document, catalog);
        text.Append(CultureInfo.InvariantCulture, $"{document.Name}: {Words(document.Title) ?? document.Name}\n");
        text.Append(CultureInfo.InvariantCulture, $"for: {string.Join(", ", document.Purposes).ToLowerInvariant()}\n");
        if (document.StartsOn is { } begin) text.Append(CultureInfo.InvariantCulture, $"begins when the provider calls {begin.Hook.Scalar.Value}\n");
        foreach (var input in document.Inputs) text.Append(CultureInfo.InvariantCulture, $"given at the start: {StepWords.FieldOf(input)}\n");

        text.Append("\nWhat it does\n");
        new StepWords(text, worst, document.Purposes.Contains(Purpose.Reauth)).Block(document.Steps, 1);
        text.Append("\nHow it may end\n  succeeded\n  cancelled: the person may leave at any time\n");
        var total = document.Total?.Value ?? Compilation.DefaultLimits.Total;
        var declared = EndCodes.Declared(document, catalog.Providers);
        text.Append(CultureInfo.InvariantCulture, $"  expired: after {Durations.Words(total)} at the latest\n");
        foreach (var fail in document.Fails)
        {
            var said = Words(fail.Text) ?? declared.FirstOrDefault(failure => failure.Code == fail.Code.Value)?.Text.GetValueOrDefault("en");
            var name = fail.Code.Value == CompiledFlow.Expired ? "expired, by its own steps" : fail.Code.Value;
            text.Append(CultureInfo.InvariantCulture, $"  {name}{(string.IsNullOrEmpty(said) ? "" : $": {said}")}\n");
        }

        var others = EndCodes.OfAnyCall.Except(document.Fails.Select(fail => fail.Code.Value), StringComparer.Ordinal);
        text.Append(CultureInfo.InvariantCulture, $"  or with a failure that any call may meet: {string.Join(", ", others)}\n");
        WriteNeeds(text, document, worst);
        WriteCost(text, worst.Compute(), total);
        return text.ToString();
    }

    private static void WriteNeeds(StringBuilder text, FlowDocument document, WorstCase worst)
    {
        text.Append("\nWhat it needs\n");
        if (document.Uses.IsEmpty) text.Append("  nothing\n");
        foreach (var use in document.Uses)
        {
            var calls = Steps.All(document.Steps).SelectMany(StepWords.CallsOf).Where(call => call.Alias.Value == use.Alias.Value)
                .DistinctBy(call => call.Operation.Value, StringComparer.Ordinal);
            text.Append(CultureInfo.InvariantCulture, $"  provider {use.Provider}\n");
            foreach (var call in calls) text.Append(CultureInfo.InvariantCulture, $"    {WorstCase.NameOf(call)}: {Marks(worst.OperationOf(call))}\n");
        }
    }

    private static void WriteCost(StringBuilder text, Cost cost, TimeSpan total)
    {
        text.Append("\nAt the most\n");
        text.Append(cost.Time > total
            ? $"  time: {Durations.Words(total)}, the run's limit (its steps by themselves: {Durations.Words(cost.Time)})\n"
            : $"  time: {Durations.Words(cost.Time)} (the run's limit: {Durations.Words(total)})\n");
        text.Append(CultureInfo.InvariantCulture, $"  prompts: {cost.Prompts}\n");
        foreach (var (operation, count) in cost.Calls) text.Append(CultureInfo.InvariantCulture, $"  calls of {operation}: {count}\n");
        foreach (var (operation, count) in cost.Undo) text.Append(CultureInfo.InvariantCulture, $"  calls of {operation} to take back: {count}\n");
        if (!cost.Calls.IsEmpty) text.Append("  A provider's rate limit is waited out and its call made again, beyond these figures, but never past the run's limit.\n");
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
