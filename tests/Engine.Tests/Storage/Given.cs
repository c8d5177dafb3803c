using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Engine.Flows;
using Engine.Runs;
using Engine.Sdk;

namespace Engine.Tests.Storage;

/// <summary>Small ready-made values for the store's tests.</summary>
internal static class Given
{
    public static IReadOnlyDictionary<string, string> Nothing { get; } = ImmutableDictionary<string, string>.Empty;

    public static StoredRun Run(string id, DateTimeOffset now, Purpose purpose = Purpose.Connect, string? connection = null) => new(
        new RunId($"run_{id}"), "telegram-qr", "v1", purpose, "shop-7", connection is null ? null : new ConnectionId(connection), null,
        RunStatus.Running, "create", now, now, now, 1, 0, 0, null, null, Encoding.UTF8.GetBytes("{\"step\":0}"));

    public static PromptView Prompt(string id, string qr = "tg://login?token=abc") => new(
        new PromptId(id), 1, "scan", false,
        Text("Scan it"),
        [new PromptField("password", "secret", true, Text("Password"), Text(""), null, 4096, null, [new PromptOption("a", Text("A"))])],
        true, Text("Next"),
        new ShownValues(qr, null, null, null, null, new DateTimeOffset(2031, 5, 6, 7, 9, 0, TimeSpan.Zero), 1, 4),
        [new ActionView("resend", Text("Again"), new DateTimeOffset(2031, 5, 6, 7, 10, 0, TimeSpan.Zero), 2)],
        [new PromptMessage("invalid_code", Text("Wrong"))],
        3, null);

    public static Reply Reply(string prompt, string transaction, string password = "hunter2") => new(
        new PromptId(prompt), transaction, "submit", ImmutableDictionary<string, string>.Empty.Add("password", password));

    public static Connection Connection(string id, DateTimeOffset now, string? identity = "tg:42", int revision = 1) =>
        new(
        new ConnectionId(id), "telegram-qr", "radist", "shop-7", identity, "+7 900", JsonElement.Parse("""{"connection_id":17}"""),
        JsonElement.Parse("""{"token":"top-secret"}"""), ConnectionHealth.NeedsReauth, "session lost", now, now, revision);

    public static JournalEntry Entry(string kind, DateTimeOffset now) =>
        new(0, now, kind, "create", ImmutableDictionary<string, string>.Empty.Add("effect", "e1"));

    public static RunSave Save(ClaimedRun claimed, StoredRun run, bool isReleased = true) =>
        new(claimed.Lease, run, [], isReleased, null, null, false);

    public static StoredRun Ended(this StoredRun run, RunStatus status, DateTimeOffset now) => run with
    {
        Status = status,
        Exit = new Exit(status == RunStatus.Succeeded ? "succeeded" : "denied_by_user", "scan", now, ImmutableDictionary<string, string>.Empty.Add("en", "No.")),
        Revision = run.Revision + 1,
    };

    public static string Text(this ReadOnlyMemory<byte> state) => Encoding.UTF8.GetString(state.Span);

    private static ImmutableDictionary<string, string> Text(string english) =>
        ImmutableDictionary<string, string>.Empty.Add("en", english);
}
