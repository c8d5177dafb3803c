using System.Text.Json;
using Engine.Postgres;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Storage;

public abstract partial class RunStoreContract
{
    private const int VeryDeep = 20_000;

    /// <summary>What one database's text cannot hold by itself: NUL, the mark by which it is written instead, half of a pair.</summary>
    [ContractFact]
    public async Task Any_text_of_a_caller_is_kept_as_it_came()
    {
        var odd = "a\0b\u0001c\u00010000d";
        var key = new IdempotencyKey(odd, "hash-1");
        await Store.CreateAsync(Given.Run("a", Now) with { Subject = odd, Prompt = Given.Prompt("p1") }, key, [Given.Entry(odd, Now)], default);

        Assert.Equal(new RunCreation.Repeated(new RunId("run_a")), await Store.CreateAsync(Given.Run("b", Now), key, [], default));
        Assert.Equal(["run_a"], await List(new RunFilter(Subject: odd)));
        Assert.Empty(await List(new RunFilter(Subject: "a\0b")));
        Assert.Equal(odd, (await Find("a")).Subject);
        Assert.Equal(odd, (await Store.ReadJournalAsync(new RunId("run_a"), 0, default))[0].Kind);
        Assert.Equal(new ReplyOutcome.Accepted(false), await Store.AcceptReplyAsync(new RunId("run_a"), Given.Reply("p1", odd, odd), default));
        Assert.Equal(new ReplyOutcome.Accepted(true), await Store.AcceptReplyAsync(new RunId("run_a"), Given.Reply("p1", odd, odd), default));
        Assert.Equal(odd, Assert.IsType<InboxContent.Replied>((await Claim("a")).Inbox[0].Content).Reply.Values["password"]);
    }

    [ContractFact]
    public async Task Odd_texts_and_deep_values_of_a_save_hold_up_no_other_run()
    {
        await Create("a");
        await Create("b");
        var claimed = await ClaimAll();
        var odd = Given.Connection("con_1", Now, "id\0\u0001") with { IdentityLabel = "\0", Params = Deep(), Credentials = Deep() };

        var saves = await Task.WhenAll(
            Store.SaveAsync(Given.Save(claimed[0], claimed[0].Run with { Step = "step\0" }) with { Connection = odd, Leftover = "\0" }, default),
            Store.SaveAsync(Given.Save(claimed[1], claimed[1].Run with { Step = "\0\u0001" }), default));

        Assert.All(saves, Assert.True);
        Assert.Equal("step\0", (await Store.FindAsync(claimed[0].Run.Id, default))?.Step);
        Assert.Equal("\0\u0001", (await Store.FindAsync(claimed[1].Run.Id, default))?.Step);
        var kept = await Store.FindConnectionAsync(new ConnectionId("con_1"), default);
        Assert.Equal(("id\0\u0001", "\0"), (kept?.IdentityKey, kept?.IdentityLabel));
        Assert.Equal(Deep().GetRawText().Length, kept?.Params.GetRawText().Length);
        Assert.Single(await Store.ListConnectionsAsync(null, default));
    }

    [ContractFact]
    public async Task A_signal_that_lies_very_deep_is_read_again_and_holds_up_no_claim()
    {
        await Create("a");
        await Create("b");

        Assert.True(await Store.AcceptSignalAsync(new RunId("run_a"), new Signal("event", "k\0", Deep()), default));

        var claimed = await ClaimAll();
        Assert.Equal(2, claimed.Count);
        var item = Assert.Single(claimed.Single(run => run.Run.Id.Value == "run_a").Inbox);
        Assert.Equal(Deep().GetRawText().Length, Assert.IsType<InboxContent.Signalled>(item.Content).Signal.Payload.GetRawText().Length);
    }

    private static JsonElement Deep() => JsonElement.Parse(
        string.Concat(Enumerable.Repeat("[", VeryDeep)) + string.Concat(Enumerable.Repeat("]", VeryDeep)), new JsonDocumentOptions { MaxDepth = VeryDeep + 1 });
}
