using System.Reflection;
using System.Text.Json;
using Engine.Host;
using Engine.Runs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Engine.Tests.Telemetry;

public sealed class LogTests
{
    private static readonly IReadOnlyList<LoggerMessageAttribute> events =
        [.. typeof(Log).GetMethods(BindingFlags.Static | BindingFlags.Public).Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>()];

    [Fact]
    public void Every_event_has_a_number_and_a_name_of_its_own()
    {
        Assert.True(events.Count > 20);
        Assert.All(events, one => Assert.Matches("^[a-z]+[.][a-z_]+$", one.EventName));
        Assert.Equal(events.Count, events.Select(one => one.EventId).Distinct().Count());
        Assert.Equal(events.Count, events.Select(one => one.EventName).Distinct().Count());
    }

    [Fact]
    public void The_document_lists_every_event_with_its_number_and_level()
    {
        var document = File.ReadAllText(Repository.Path("engine/docs/operations.md"));

        Assert.All(events, one => Assert.Contains($"| {one.EventId} | `{one.EventName}` | {one.Level.ToString().ToLowerInvariant()} |", document, StringComparison.Ordinal));
    }

    [Fact]
    public void A_line_of_json_has_the_events_name_its_values_and_its_cause()
    {
        var line = Written(log => Log.PumpTroubled(log, new InvalidOperationException("the \"cause\"\nin two lines"), new RunId("run_1"), "code", 2, false, false));

        Assert.DoesNotContain('\n', line.TrimEnd('\n'));
        var json = JsonElement.Parse(line);
        Assert.Equal(("run.not_advanced", "31", "error", "Engine"), (Text("event"), Text("id"), Text("level"), Text("source")));
        Assert.Equal(("run_1", "2", "False"), (json.GetProperty("values").GetProperty("run").ToString(), json.GetProperty("values").GetProperty("crashes").ToString(), json.GetProperty("values").GetProperty("is_parked").ToString()));
        Assert.StartsWith("run run_1 could not be advanced at step 'code'", Text("message"), StringComparison.Ordinal);
        Assert.StartsWith("System.InvalidOperationException: the \"cause\"\nin two lines", Text("exception"), StringComparison.Ordinal);

        string Text(string name) => json.GetProperty(name).ToString();
    }

    private static string Written(Action<ILogger> act)
    {
        using var output = new StringWriter { NewLine = "\n" };
        act(new Writing(output));
        return output.ToString();
    }

    private sealed class Writing(TextWriter output) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            new JsonLog(TimeProvider.System).Write(new LogEntry<TState>(logLevel, "Engine", eventId, state, exception, formatter), null, output);
    }
}
