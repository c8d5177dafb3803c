using Engine.Flows;
using Engine.Host;
using Engine.Runs;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Engine.Tests.Host;

public sealed class FlowLibraryTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("engine-flows-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task A_run_goes_on_with_the_version_it_began_with_after_its_file_was_changed()
    {
        Write("ask.yaml", Samples.Ask);
        RunId run;
        await using (var before = await StartAsync())
        {
            run = await BeginAsync(before);
            await UntilAsync(before, run, found => found.Prompt is not null);
        }

        Write("ask.yaml", Samples.Ask.Replace("Hello", "Welcome", StringComparison.Ordinal).Replace("    as: last", "    as: final", StringComparison.Ordinal));
        await using var after = await StartAsync();

        await after.Store.AcceptReplyAsync(
            run, new Reply(new PromptId("p1"), "t", "submit", new Dictionary<string, string> { ["pin"] = "1234" }), default);
        after.Changes.WorkAdded();
        var asked = await UntilAsync(after, run, found => found.Prompt?.Id.Value == "p2");
        Assert.Equal("last", asked.Step);
        var newer = await BeginAsync(after);
        Assert.Equal("Welcome Ann", (await UntilAsync(after, newer, found => found.Prompt is not null)).Prompt?.Text["en"]);
    }

    [Fact]
    public async Task A_run_goes_on_after_its_file_is_gone_and_no_new_one_can_be_started()
    {
        Write("ask.yaml", Samples.Ask);
        RunId run;
        await using (var before = await StartAsync())
        {
            run = await BeginAsync(before);
            await UntilAsync(before, run, found => found.Prompt is not null);
        }

        File.Delete(Path.Combine(root, "flows", "ask.yaml"));
        await using var after = await StartAsync();

        Assert.Empty(after.Flows.Offered);
        await after.Store.RequestCancelAsync(run, default);
        after.Changes.WorkAdded();
        await UntilAsync(after, run, found => found.Status == RunStatus.Cancelled);
    }

    [Fact]
    public async Task A_file_with_findings_is_not_offered_and_the_others_are()
    {
        Write("ask.yaml", Samples.Ask);
        Write("bad.yaml", "flow: bad\nsteps: nonsense");
        Write("second.yaml", Samples.Ask);
        Write("ask.test.yaml", "a test, no flow");
        Write("notes.txt", "no flow");

        await using var engine = await StartAsync();

        Assert.Equal("ask", Assert.Single(engine.Flows.Offered).Name);
    }

    private void Write(string name, string text) =>
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(root, "flows")).FullName, name), text);

    private Task<EmbeddedEngine> StartAsync() => EmbeddedEngine.StartAsync(
        new EngineOptions
        {
            DataFolder = Path.Combine(root, "data"),
            KeyFile = Path.Combine(root, "keys", "engine.key"),
            FlowFolders = [Path.Combine(root, "flows")],
            Providers = new ProviderMode.Real(),
        },
        TimeProvider.System, NullLoggerFactory.Instance, default);

    private static async Task<RunId> BeginAsync(EmbeddedEngine engine) =>
        Assert.IsType<WishOutcome.Started>(await engine.StartRunAsync(
            new RunWish("ask", new Dictionary<string, string>(), Purpose.Connect, null, "", null, null), default)).Run;

    private static Task<StoredRun> UntilAsync(EmbeddedEngine engine, RunId run, Func<StoredRun, bool> isWanted) =>
        RunningEngine.UntilAsync(engine, run, isWanted);
}
