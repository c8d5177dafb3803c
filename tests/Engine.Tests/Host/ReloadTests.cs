using Engine.Flows;
using Engine.Host;
using Engine.Runs;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Engine.Tests.Host;

public sealed class ReloadTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("engine-reload-").FullName;
    private readonly PluginFolders plugins = new();

    public void Dispose()
    {
        plugins.Dispose();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task R64_a_changed_file_gives_new_runs_its_new_version_and_the_running_one_goes_on_also_after_a_restart()
    {
        Write("ask.yaml", Samples.Ask);
        RunId first;
        string version;
        await using (var engine = await StartAsync())
        {
            first = await BeginAsync(engine);
            version = (await RunningEngine.UntilAsync(engine, first, run => run.Prompt is not null)).FlowVersion;
            Write("ask.yaml", Renamed);
            await RefreshAsync(engine);

            var second = await RunningEngine.UntilAsync(engine, await BeginAsync(engine), run => run.Prompt is not null);
            Assert.Equal("Welcome Ann", second.Prompt?.Text["en"]);
            await ReplyAsync(engine, first, "p1", "pin", "1234");
            Assert.Equal("last", (await RunningEngine.UntilAsync(engine, first, run => run.Prompt?.Id.Value == "p2")).Step);
        }

        await using var after = await StartAsync();
        await ReplyAsync(after, first, "p2", "sure", "true");
        var ended = await RunningEngine.UntilAsync(after, first, run => run.Status.IsFinal());
        Assert.Equal((RunStatus.Succeeded, version), (ended.Status, ended.FlowVersion));
    }

    [Fact]
    public async Task A_file_that_is_added_is_offered_and_one_that_is_removed_is_not()
    {
        Write("ask.yaml", Samples.Ask);
        await using var engine = await StartAsync();

        Write("more.yaml", Samples.Ask.Replace("flow: ask", "flow: more", StringComparison.Ordinal));
        File.Delete(Path.Combine(root, "flows", "ask.yaml"));
        await RefreshAsync(engine);

        Assert.Equal("more", Assert.Single(engine.Flows.Offered).Name);
    }

    [Fact]
    public async Task R64_a_file_with_findings_leaves_its_last_good_version_and_says_what_is_wrong_until_it_is_right()
    {
        Write("ask.yaml", Samples.Ask);
        await using var engine = await StartAsync();
        var good = engine.Flows.FindCurrent("ask");

        Write("ask.yaml", Samples.Ask.Replace("as: last", "ass: last", StringComparison.Ordinal));
        await RefreshAsync(engine);

        Assert.Same(good, engine.Flows.FindCurrent("ask"));
        var finding = Assert.Single(engine.Flows.Findings);
        Assert.Equal(("ask.yaml", "ask", 23), (finding.File, finding.Flow, finding.Finding.Place.Line));

        Write("ask.yaml", Samples.Ask);
        await RefreshAsync(engine);

        Assert.Same(good, engine.Flows.FindCurrent("ask"));
        Assert.DoesNotContain(engine.Flows.Findings, found => found.Finding.Severity == Severity.Error);
    }

    /// <summary>Thirty reloads; a thousand with <c>ENGINE_LONG_TESTS=1</c>, and in "reload" of the benchmarks, which measures the memory too.</summary>
    [Fact]
    public async Task R64_no_run_fails_while_its_flow_is_changed_again_and_again_one_time_in_ten_to_a_bad_file()
    {
        var reloads = Environment.GetEnvironmentVariable("ENGINE_LONG_TESTS") == "1" ? 1000 : 30;
        Write("short.yaml", Short(0));
        await using var engine = await StartAsync();
        var runs = new List<RunId>();
        for (var i = 1; i <= reloads; i++)
        {
            runs.Add(await BeginAsync(engine, "short"));
            Write("short.yaml", i % 10 == 0 ? Short(i).Replace("set:", "sat:", StringComparison.Ordinal) : Short(i));
            await RefreshAsync(engine);
            Assert.Equal(i % 10 == 0, engine.Flows.Findings.Any(found => found.Finding.Severity == Severity.Error));
        }

        var versions = new HashSet<string>();
        foreach (var run in runs)
        {
            var waiting = await RunningEngine.UntilAsync(engine, run, found => found.Prompt is not null);
            versions.Add(waiting.FlowVersion);
            await ReplyAsync(engine, run, "p1", "sure", "true");
            Assert.Equal((RunStatus.Succeeded, waiting.FlowVersion), await EndAsync(engine, run));
        }

        Assert.Equal(reloads - ((reloads - 1) / 10), versions.Count);
    }

    [Fact]
    public async Task A_folder_that_is_gone_takes_no_flow_along()
    {
        Write("ask.yaml", Samples.Ask);
        await using var engine = await StartAsync();

        Directory.Move(Path.Combine(root, "flows"), Path.Combine(root, "elsewhere"));
        await RefreshAsync(engine);

        Assert.Equal("ask", Assert.Single(engine.Flows.Offered).Name);
        Assert.Equal("FILE001", Assert.Single(engine.Flows.Findings).Finding.Code);
    }

    [Fact]
    public async Task Of_two_files_with_one_flow_the_second_says_so_and_the_right_one_goes_before_one_that_only_still_serves()
    {
        Write("b.yaml", Samples.Ask);
        await using var engine = await StartAsync();
        Write("b.yaml", "flow: ask\nsteps: nonsense");
        Write("c.yaml", Renamed);
        await RefreshAsync(engine);

        Assert.Contains("Welcome", Assert.Single(engine.Flows.Offered).Source, StringComparison.Ordinal);
        var taken = Assert.Single(engine.Flows.Findings, found => found.Finding.Code == "FILE003");
        Assert.Equal(("b.yaml", (string?)null), (taken.File, taken.Flow));
    }

    [Fact]
    public async Task A_new_plugin_build_is_taken_over_by_the_flows_that_it_fits_and_the_others_keep_the_old_one_and_say_why()
    {
        plugins.Write("Good", PluginWith("string Text, string Mood"));
        Write("uses-text.yaml", Calling("uses-text", "answer.text"));
        Write("uses-mood.yaml", Calling("uses-mood", "answer.mood"));
        await using var engine = await StartAsync();
        var before = BuildsOf(engine);
        var image = File.ReadAllBytes(Path.Combine(plugins.Plugins, "Good", "Good.dll"));

        plugins.Write("Good", PluginWith("string Text, string Temper"));
        await RefreshAsync(engine);

        Assert.NotEqual(before["uses-text"], BuildsOf(engine)["uses-text"]);
        Assert.Equal(before["uses-mood"], BuildsOf(engine)["uses-mood"]);
        var broken = Assert.Single(engine.Flows.Findings);
        Assert.Equal("uses-mood", broken.Flow);
        var run = await RunningEngine.UntilAsync(engine, await BeginAsync(engine, "uses-mood"), found => found.Prompt is not null);
        Assert.Equal("Says fine", run.Prompt?.Text["en"]);

        plugins.WriteFile("Good", "Good.dll", image);
        await RefreshAsync(engine);

        Assert.Equal(before, BuildsOf(engine));
        Assert.Empty(engine.Flows.Findings);
    }

    [Fact]
    public async Task A_plugin_folder_that_has_become_bad_leaves_the_last_good_build()
    {
        plugins.Write("Good", PluginWith("string Text, string Mood"));
        Write("uses-mood.yaml", Calling("uses-mood", "answer.mood"));
        await using var engine = await StartAsync();

        plugins.WriteFile("Good", "Good.dll", [1, 2, 3]);
        await RefreshAsync(engine);

        Assert.Empty(engine.Flows.Findings);
        await RunningEngine.UntilAsync(engine, await BeginAsync(engine, "uses-mood"), found => found.Prompt is not null);
    }

    [Fact]
    public async Task A_version_that_an_open_run_needs_outlives_the_sweeps_and_the_others_go_once_nobody_has_wanted_them_for_an_hour()
    {
        Write("ask.yaml", Samples.Ask);
        await using var engine = await StartAsync();
        var run = await BeginAsync(engine);
        await RunningEngine.UntilAsync(engine, run, found => found.Prompt is not null);
        Write("ask.yaml", Samples.Ask.Replace("Hello", "Hi", StringComparison.Ordinal));
        await RefreshAsync(engine);
        Write("ask.yaml", Renamed);
        await RefreshAsync(engine);

        Assert.Equal(3, KeptVersions());
        await engine.Flows.RemoveUnusedAsync(default);
        Assert.Equal(3, KeptVersions());
        Sql("UPDATE flow_versions SET wanted_at = wanted_at - 36100000000");
        await engine.Flows.RemoveUnusedAsync(default);
        Assert.Equal(2, KeptVersions());

        await ReplyAsync(engine, run, "p1", "pin", "1234");
        await RunningEngine.UntilAsync(engine, run, found => found.Prompt?.Id.Value == "p2");
    }

    [Fact]
    public async Task What_an_earlier_engine_kept_in_its_data_folder_moves_into_the_store()
    {
        Write("ask.yaml", Samples.Ask);
        CompiledFlow first;
        await using (var engine = await StartAsync()) first = engine.Flows.Offered.Single();
        Sql("DELETE FROM flow_versions");
        var old = Directory.CreateDirectory(Path.Combine(root, "data", "flows", first.Version)).FullName;
        File.WriteAllText(Path.Combine(old, "flow.yaml"), first.Source);
        File.WriteAllText(Path.Combine(old, "pinned.json"), $$$"""{"Flow":"ask","Version":"{{{first.Version}}}","Providers":{}}""");
        Write("ask.yaml", Renamed);

        await using var after = await StartAsync();

        Assert.Equal(2, KeptVersions());
        Assert.NotNull(await after.Flows.FindAsync("ask", first.Version, default));
        Assert.False(Directory.Exists(Path.Combine(root, "data", "flows")));
    }

    [Fact]
    public async Task The_api_shows_the_findings_of_a_served_flow_with_it_and_the_others_beside()
    {
        await using var running = await RunningEngine.StartAsync(null, Samples.Ask, "flow: bad\nsteps: nonsense");
        var client = await running.IntegratorAsync();

        var list = await (await client.GetAsync("/v1/flows")).JsonAsync();

        Assert.Equal(
            ["flow0.yaml warning FLOW251", "flow0.yaml warning FLOW251"],
            list.GetProperty("flows")[0].GetProperty("findings").EnumerateArray().Select(one => $"{one.Text("file")} {one.Text("severity")} {one.Text("code")}"));
        var finding = list.GetProperty("findings")[0];
        Assert.Equal(("flow1.yaml", "error", "2"), (finding.Text("file"), finding.Text("severity"), finding.Text("line")));
        Assert.NotEqual("", finding.Text("code"));
        Assert.NotEqual("", finding.Text("message"));
    }

    [Fact]
    public async Task A_watching_engine_takes_a_change_over_by_itself_within_a_second_of_its_clock()
    {
        Write("ask.yaml", Samples.Ask);
        var time = new LabTime();
        using var log = new HeardLog();
        await using var engine = await EmbeddedEngine.StartAsync(Options(isWatching: true), time, log, default);
        var offered = log.NextAsync("flow 'ask' is offered in version");

        Write("ask.yaml", Renamed);

        await time.AdvanceUntilAsync(offered);
        Assert.Contains("Welcome", engine.Flows.Offered.Single().Source, StringComparison.Ordinal);
        Assert.True(FlowWatch.Period + FlowWatch.Settle < TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task What_is_wrong_with_a_file_goes_to_the_log_once()
    {
        Write("ask.yaml", Samples.Ask);
        using var log = new HeardLog();
        await using var engine = await EmbeddedEngine.StartAsync(Options(isWatching: false), TimeProvider.System, log, default);

        Write("ask.yaml", Samples.Ask.Replace("as: last", "ass: last", StringComparison.Ordinal));
        await RefreshAsync(engine);
        await RefreshAsync(engine);

        var version = engine.Flows.FindCurrent("ask")?.Flow.Version;
        Assert.Single(log.Lines, line => line.Contains("ask.yaml(23,", StringComparison.Ordinal) && line.Contains("error FLOW002", StringComparison.Ordinal));
        Assert.Single(log.Lines, line => line.Contains("ask.yaml' has findings: flow 'ask' is served in its last good version " + version, StringComparison.Ordinal));
    }

    private static string Renamed => Samples.Ask.Replace("Hello", "Welcome", StringComparison.Ordinal).Replace("    as: last", "    as: final", StringComparison.Ordinal);

    private static async Task<(RunStatus Status, string Version)> EndAsync(EmbeddedEngine engine, RunId run)
    {
        var ended = await RunningEngine.UntilAsync(engine, run, found => found.Status.IsFinal());
        return (ended.Status, ended.FlowVersion);
    }

    /// <summary>A flow that waits for a person; the number makes it differ.</summary>
    private static string Short(int number) => $$$"""
        flow: short
        title: { en: Short }
        languages: [en]
        fails: { no_answer: { en: Nobody answered. } }
        vars: { rounds: int? }
        steps:
          - set: { rounds: {{{number}}} }
          - prompt: { sure: { type: bool, label: { en: Sure } } }
            text: { en: "Round {{ rounds }}" }
            timeout: 5m
            on_timeout: { fail: no_answer }
          - done:
        """;

    private static string PluginWith(string result) => $$"""
        public record In(string Text);
        public record Out({{result}});
        [Provider("good")]
        public class GoodProvider
        {
            [Operation(Effect.Safe)]
            public Task<Result<Out>> SayAsync(In input, CancellationToken cancellation) => Task.FromResult<Result<Out>>(new Out(input.Text, "fine"));
        }
        """;

    private static string Calling(string name, string shown) => $$$"""
        flow: {{{name}}}
        title: { en: Say }
        languages: [en]
        uses: { good: good }
        fails: { no_answer: { en: Nobody answered. } }
        steps:
          - call: good.say
            with: { text: hello }
            as: answer
          - prompt: { sure: { type: bool, label: { en: Sure } } }
            text: { en: "Says {{ {{{shown}}} }}" }
            timeout: 5m
            on_timeout: { fail: no_answer }
          - done:
        """;

    private long KeptVersions() => (long)(Sql("SELECT count(*) FROM flow_versions") ?? 0L);

    private object? Sql(string text)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(root, "data", "engine.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar();
    }

    private static Dictionary<string, string> BuildsOf(EmbeddedEngine engine) =>
        engine.Flows.Offered.ToDictionary(flow => flow.Name, flow => flow.Providers["good"], StringComparer.Ordinal);

    private void Write(string name, string text) =>
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(root, "flows")).FullName, name), text);

    private EngineOptions Options(bool isWatching) => new()
    {
        DataFolder = Path.Combine(root, "data"),
        KeyFile = Path.Combine(root, "keys", "engine.key"),
        FlowFolders = [Path.Combine(root, "flows")],
        PluginFolders = [plugins.Plugins],
        Providers = new ProviderMode.Real(),
        IsWatching = isWatching,
    };

    private Task<EmbeddedEngine> StartAsync() =>
        EmbeddedEngine.StartAsync(Options(isWatching: false), TimeProvider.System, NullLoggerFactory.Instance, default);

    private Task RefreshAsync(EmbeddedEngine engine) => engine.Watch.TakeOverAsync(FolderState.Of(Options(false)), default);

    private static async Task<RunId> BeginAsync(EmbeddedEngine engine, string flow = "ask") =>
        Assert.IsType<WishOutcome.Started>(await engine.StartRunAsync(
            new RunWish(flow, new Dictionary<string, string>(), Purpose.Connect, null, "", null, null), default)).Run;

    private static async Task ReplyAsync(EmbeddedEngine engine, RunId run, string prompt, string field, string value)
    {
        await engine.Store.AcceptReplyAsync(
            run, new Reply(new PromptId(prompt), $"answer to {prompt}", "submit", new Dictionary<string, string> { [field] = value }), default);
        engine.Changes.WorkAdded();
    }
}
