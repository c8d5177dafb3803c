using Engine.Host;
using Engine.Postgres;
using Engine.Tests.Host;
using Xunit;

namespace Engine.Tests.Nodes;

public sealed class PublishTests : IAsyncLifetime
{
    private Cluster? made;

    private Cluster Nodes => made ?? throw new InvalidOperationException("PostgreSQL is missing");

    public async Task InitializeAsync()
    {
        if (PostgresPrograms.Folder is not null) made = await Cluster.NewAsync();
    }

    public async Task DisposeAsync()
    {
        if (made is not null) await made.DisposeAsync();
    }

    [PostgresFact]
    public async Task What_is_published_is_served_by_every_node_in_place_of_its_own_folders_until_it_is_withdrawn()
    {
        using var plugins = new PluginFolders();
        plugins.Write("Good", GoodPlugin.Source);
        Nodes.WriteFlow("a", "ask.yaml", Samples.Ask);
        Nodes.WriteFlow("published", "say.yaml", GoodPlugin.Flow);
        var (first, second) = (await Nodes.StartAsync("a"), await Nodes.StartAsync("b"));

        var (code, said) = await Nodes.PublishAsync(Nodes.Folder("published", "flows"), "--plugins", plugins.Plugins);

        Assert.Equal((ExitCode.Fine, true), (code, said.Contains("1 flows", StringComparison.Ordinal)));
        await UntilOfferedAsync(first, "say");
        await UntilOfferedAsync(second, "say");
        var later = await Nodes.StartAsync("c");
        Assert.Equal("say", Assert.Single(later.Engine.Flows.Offered).Name);
        var run = await Cluster.BeginAsync(second, "say");
        await RunningEngine.UntilAsync(second.Engine, run, found => found.Prompt is not null);

        await Nodes.PublishAsync("--withdraw");

        await UntilOfferedAsync(first, "ask");
        await UntilOfferedAsync(second, null);
    }

    [PostgresFact]
    public async Task Flows_with_findings_are_refused_with_them_and_nothing_is_published()
    {
        Nodes.WriteFlow("published", "ask.yaml", Samples.Ask.Replace("as: last", "ass: last", StringComparison.Ordinal));

        var (code, said) = await Nodes.PublishAsync(Nodes.Folder("published", "flows"));

        Assert.Equal(ExitCode.Negative, code);
        Assert.Contains("ask.yaml(23,", said, StringComparison.Ordinal);
        Assert.Contains("nothing was published", said, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Fine, ""), await Nodes.PublishAsync("--list"));
    }

    [PostgresFact]
    public async Task The_history_is_kept_and_one_can_go_back_to_what_it_holds()
    {
        Nodes.WriteFlow("published", "ask.yaml", Samples.Ask);
        await Nodes.PublishAsync(Nodes.Folder("published", "flows"));
        var same = await Nodes.PublishAsync(Nodes.Folder("published", "flows"));
        Nodes.WriteFlow("published", "ask.yaml", Samples.Ask.Replace("Hello", "Welcome", StringComparison.Ordinal));
        await Nodes.PublishAsync(Nodes.Folder("published", "flows"));

        var (code, _) = await Nodes.PublishAsync("--back-to", "1");

        Assert.Equal(ExitCode.Fine, code);
        Assert.Contains("published: 1  ", same.Said, StringComparison.Ordinal);
        var lines = (await Nodes.PublishAsync("--list")).Said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["3", "2", "1"], lines.Select(line => line.Split(' ')[0]));
        Assert.Equal(lines[2].Split(' ')[^1], lines[0].Split(' ')[^1]);
        var server = await Nodes.StartAsync("a");
        Assert.Contains("Hello", Assert.Single(server.Engine.Flows.Offered).Source, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Negative, (await Nodes.PublishAsync("--back-to", "9")).Code);
    }

    [PostgresFact]
    public async Task What_somebody_without_the_key_writes_into_the_database_is_not_run()
    {
        Nodes.WriteFlow("published", "ask.yaml", Samples.Ask);
        await Nodes.PublishAsync(Nodes.Folder("published", "flows"));
        await PostgresServer.ExecuteOnAsync(Nodes.ConnectionString, "UPDATE flow_versions SET content = set_byte(content, 40, 1 + get_byte(content, 40) % 200)");

        var server = await Nodes.StartAsync("a");

        Assert.Empty(server.Engine.Flows.Offered);
        Assert.Contains("another key sealed it", Assert.Single(server.Engine.Problems), StringComparison.Ordinal);
    }

    private static async Task UntilOfferedAsync(EngineServer server, string? flow)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        while (server.Engine.Flows.Offered.SingleOrDefault()?.Name != flow)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
        }
    }
}
