using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Engine.Runs;
using Engine.Storage;
using Xunit;

namespace Engine.Tests.Storage;

public sealed class SqliteStoreSealTests : IAsyncLifetime
{
    private const string Canary = "cAnArY-7f3a91";

    private readonly StoreFolder folder = StoreFolder.New();
    private readonly StoreClock clock = new();
    private EngineStore? opened;

    private EngineStore Store => opened!;

    private DateTimeOffset Now => clock.GetUtcNow();

    public async Task InitializeAsync() => opened = await folder.OpenAsync(clock);

    public async Task DisposeAsync()
    {
        await Store.DisposeAsync();
        await folder.DisposeAsync();
    }

    [Fact]
    public async Task No_secret_stands_in_any_file_of_the_data_folder()
    {
        await SaveCanary("a");
        await Store.AcceptReplyAsync(new RunId("run_a"), Given.Reply("p1", "t1", password: Canary), default);

        AssertNoCanary();
        Assert.Contains(Canary, (await Store.FindAsync(new RunId("run_a"), default))!.State.Text(), StringComparison.Ordinal);

        await Store.DisposeAsync();
        AssertNoCanary();
    }

    [Fact]
    public async Task States_exchanged_between_two_runs_do_not_open()
    {
        await SaveCanary("a");
        await SaveCanary("b");
        folder.Tamper("UPDATE run_bodies SET state = (SELECT state FROM run_bodies AS other WHERE other.run <> run_bodies.run)");

        await AssertBroken("run_bodies.state of \"run_a\"", () => Store.FindAsync(new RunId("run_a"), default));
    }

    [Fact]
    public async Task An_older_state_of_the_same_run_does_not_open()
    {
        await Store.CreateAsync(Given.Run("a", Now), null, [], default);
        folder.Tamper("CREATE TABLE kept AS SELECT state FROM run_bodies");
        var claimed = Assert.Single(await Claim());
        await Store.SaveAsync(Given.Save(claimed, claimed.Run with { Revision = 2 }), default);
        folder.Tamper("UPDATE run_bodies SET state = (SELECT state FROM kept)");

        await AssertBroken("run_bodies.state of \"run_a\"", () => Store.FindAsync(new RunId("run_a"), default));
    }

    [Fact]
    public async Task What_was_stored_before_bodies_were_packed_is_read_each_part_in_its_own_place()
    {
        await SaveCanary("a");
        var prompt = Given.Prompt("p9", qr: "old");
        using (var key = KeyFile.Open(folder.Key, sealedWith: null))
        {
            var sealer = new Sealer(key);
            var state = sealer.Seal(new SealedPlace("run_bodies", "state", "run_a", 2), """{"old":1}"""u8);
            var shown = sealer.Seal(new SealedPlace("run_bodies", "prompt", "run_a", 2), StoredJson.ToBytes(prompt));
            folder.Tamper($"UPDATE run_bodies SET state = x'{Convert.ToHexString(state)}', prompt = x'{Convert.ToHexString(shown)}'");
        }

        var read = await Store.FindAsync(new RunId("run_a"), default);
        Assert.Equal(("""{"old":1}""", "old"), (read!.State.Text(), read.Prompt!.Show?.Qr));

        folder.Tamper("UPDATE run_bodies SET prompt = state");
        await AssertBroken("run_bodies.prompt of \"run_a\"", () => Store.FindAsync(new RunId("run_a"), default));
    }

    [Fact]
    public async Task Credentials_and_leftovers_that_were_moved_do_not_open()
    {
        await SaveCanary("a");
        await SaveCanary("b");
        folder.Tamper("UPDATE credentials SET body = (SELECT body FROM credentials WHERE id = 'con_b.1') WHERE id = 'con_a.1'");
        folder.Tamper("UPDATE leftovers SET run = 'run_z' WHERE run = 'run_a'; DELETE FROM leftovers WHERE run = 'run_b'");

        await AssertBroken("credentials.body of \"con_a.1\"", () =>
            Store.FindCredentialsAsync(new ConnectionId("con_a"), default));
        await AssertBroken("leftovers.value of \"run_z\"", () =>
            Store.TakeLeftoverAsync("telegram-qr", "shop-7", isInSandbox: false, new RunId("run_c"), default));
    }

    [Fact]
    public async Task A_run_whose_state_does_not_open_ends_as_failed_and_stops_no_other()
    {
        await Store.CreateAsync(Given.Run("a", Now), null, [], default);
        await Store.CreateAsync(Given.Run("b", Now), null, [], default);
        folder.Tamper("UPDATE run_bodies SET state = zeroblob(100) WHERE run = 1");

        Assert.Equal("run_b", Assert.Single(await Claim()).Run.Id.Value);

        var ended = await Store.FindAsync(new RunId("run_a"), default);
        Assert.Equal((RunStatus.Failed, "internal", "create", Now), (ended!.Status, ended.Exit!.Code, ended.Exit.Step, ended.Exit.At));
        Assert.Null(ended.Due);
        Assert.Equal(
            "run_bodies.state of \"run_a\"", Assert.Single(await Store.ReadJournalAsync(ended.Id, 0, default)).Detail["unreadable"]);
    }

    private async Task SaveCanary(string id)
    {
        await Store.CreateAsync(Given.Run(id, Now), null, [], default);
        var claimed = Assert.Single(await Claim());
        var json = $$"""{"secret":"{{Canary}}","of":"{{id}}"}""";
        var run = claimed.Run with
        {
            State = Encoding.UTF8.GetBytes(json), Prompt = Given.Prompt("p1", qr: Canary), Due = Now.AddHours(1), Revision = 2,
        };
        var connection = Given.Connection($"con_{id}", Now, $"tg:{id}") with { Credentials = JsonElement.Parse(json) };
        Assert.True(await Store.SaveAsync(Given.Save(claimed, run) with { Connection = connection, Leftover = json }, default));
    }

    private Task<IReadOnlyList<ClaimedRun>> Claim() =>
        Store.ClaimDueAsync(new ClaimRequest("node", 10, TimeSpan.FromSeconds(30)), default);

    private void AssertNoCanary()
    {
        ImmutableArray<byte[]> forms =
        [
            Encoding.UTF8.GetBytes(Canary), Encoding.Unicode.GetBytes(Canary), Encoding.ASCII.GetBytes(Convert.ToHexString(Encoding.UTF8.GetBytes(Canary))),
            Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(Canary))[..12]),
        ];
        var files = Directory.GetFiles(folder.Data);
        Assert.Contains(folder.Database, files);
        foreach (var file in files)
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            stream.CopyTo(content);
            Assert.All(forms, form => Assert.Equal(-1, content.GetBuffer().AsSpan(0, (int)content.Length).IndexOf(form)));
        }
    }

    private static async Task AssertBroken<T>(string place, Func<Task<T>> read) =>
        Assert.Equal(place, (await Assert.ThrowsAsync<SealBrokenException>(read)).Place);
}
