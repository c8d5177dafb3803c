using Engine.Postgres;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Storage;

public abstract partial class RunStoreContract
{
    [ContractFact]
    public async Task A_reply_to_the_current_prompt_is_accepted_and_makes_the_run_due_now()
    {
        await CreatePrompted("a", "p1");

        Assert.Equal(new ReplyOutcome.Accepted(IsRepeated: false), await Reply("a", "p1", "t1"));

        var claimed = await Claim("a");
        var item = Assert.Single(claimed.Inbox);
        var reply = Assert.IsType<InboxContent.Replied>(item.Content).Reply;
        Assert.Equal((1, Now, "submit", new PromptId("p1"), "t1"), (item.Seq, item.At, reply.Action, reply.Prompt, reply.TransactionId));
        Assert.Equal("hunter2", reply.Values["password"]);
    }

    [ContractFact]
    public async Task A_prompt_is_busy_from_an_accepted_reply_until_another_takes_its_place()
    {
        await CreatePrompted("a", "p1");
        await Reply("a", "p1", "t1");
        Assert.True((await Find("a")).Prompt!.IsBusy);

        var claimed = await Claim("a");
        await Store.SaveAsync(Given.Save(claimed, claimed.Run with { Prompt = Given.Prompt("p2"), InboxSeen = 1 }), default);

        Assert.False((await Find("a")).Prompt!.IsBusy);
    }

    [ContractFact]
    public async Task The_same_transaction_again_gets_the_same_outcome_even_after_the_runs_end()
    {
        await CreatePrompted("a", "p1");
        await Reply("a", "p1", "t1");

        Assert.Equal(new ReplyOutcome.Accepted(IsRepeated: true), await Reply("a", "p1", "t1"));
        var claimed = await Claim("a");
        Assert.Single(claimed.Inbox);
        await End(claimed with { Run = claimed.Run with { InboxSeen = 1 } }, RunStatus.Succeeded);

        Assert.Equal(new ReplyOutcome.Accepted(IsRepeated: true), await Reply("a", "p1", "t1"));
    }

    [ContractFact]
    public async Task A_second_reply_to_an_answered_prompt_is_stale()
    {
        await CreatePrompted("a", "p1");
        await Reply("a", "p1", "t1");

        var stale = Assert.IsType<ReplyOutcome.Stale>(await Reply("a", "p1", "t2"));

        Assert.Equal(new PromptId("p1"), stale.Current?.Id);
        Assert.True(stale.Current?.IsBusy);
        Assert.Single(await Store.ReadInboxAsync(new RunId("run_a"), 0, default));
    }

    [ContractFact]
    public async Task A_reply_to_another_prompt_is_stale_and_gives_the_current_one()
    {
        await CreatePrompted("a", "p2");

        var stale = Assert.IsType<ReplyOutcome.Stale>(await Reply("a", "p1", "t1"));

        Assert.Equivalent(Given.Prompt("p2"), stale.Current, strict: true);
        Assert.Empty(await Store.ReadInboxAsync(new RunId("run_a"), 0, default));
    }

    [ContractFact]
    public async Task A_reply_to_a_run_that_shows_nothing_is_stale_and_one_to_no_run_is_told_so()
    {
        await Create("a");

        Assert.Equal(new ReplyOutcome.Stale(null), await Reply("a", "p1", "t1"));
        Assert.IsType<ReplyOutcome.NoSuchRun>(await Reply("none", "p1", "t1"));
    }

    [ContractFact]
    public async Task Of_many_replies_at_once_one_is_accepted()
    {
        await CreatePrompted("a", "p1");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => Reply("a", "p1", $"t{i}"))));

        Assert.Single(outcomes.OfType<ReplyOutcome.Accepted>());
        Assert.Equal(39, outcomes.OfType<ReplyOutcome.Stale>().Count());
    }

    [ContractFact]
    public async Task A_reply_that_came_while_the_run_was_held_keeps_it_due_at_the_save()
    {
        await CreatePrompted("a", "p1", due: TimeSpan.Zero);
        var claimed = await Claim("a");
        await Reply("a", "p1", "t1");

        await Store.SaveAsync(Given.Save(claimed, claimed.Run with { Due = Now.AddHours(1) }), default);

        Assert.Equal(Now, (await Find("a")).Due);
        Assert.Single((await Claim("a")).Inbox);
    }

    [ContractFact]
    public async Task A_reply_that_came_while_the_run_was_held_keeps_it_due_when_it_is_postponed()
    {
        await CreatePrompted("a", "p1", due: TimeSpan.Zero);
        var claimed = await Claim("a");
        await Reply("a", "p1", "t1");

        await Store.PostponeAsync(claimed.Lease, Now.AddHours(1), default);

        Assert.Single((await Claim("a")).Inbox);
    }

    [ContractFact]
    public async Task A_save_that_has_seen_the_inbox_is_due_when_it_says()
    {
        await CreatePrompted("a", "p1");
        await Reply("a", "p1", "t1");
        var claimed = await Claim("a");

        await Store.SaveAsync(Given.Save(claimed, claimed.Run with { Due = Now.AddHours(1), InboxSeen = 1 }), default);

        Assert.Equal(Now.AddHours(1), (await Find("a")).Due);
    }

    [ContractFact]
    public async Task An_item_that_was_applied_is_wiped_and_the_numbers_go_on()
    {
        await CreatePrompted("a", "p1");
        await Reply("a", "p1", "t1");
        var claimed = await Claim("a");
        await Store.SaveAsync(Given.Save(claimed, claimed.Run with { InboxSeen = 1, Prompt = Given.Prompt("p2") }), default);
        Assert.Empty(await Store.ReadInboxAsync(new RunId("run_a"), 0, default));

        await Reply("a", "p2", "t2");

        Assert.Equal(2, Assert.Single(await Store.ReadInboxAsync(new RunId("run_a"), 1, default)).Seq);
    }

    [ContractFact]
    public async Task A_cancel_request_makes_the_run_due_now_and_waits_once()
    {
        await CreatePrompted("a", "p1");

        Assert.True(await Store.RequestCancelAsync(new RunId("run_a"), default));
        Assert.True(await Store.RequestCancelAsync(new RunId("run_a"), default));

        Assert.IsType<InboxContent.CancelRequested>(Assert.Single((await Claim("a")).Inbox).Content);
    }

    [ContractFact]
    public async Task A_cancel_request_after_the_end_changes_nothing_and_for_no_run_is_told_so()
    {
        await Create("a");
        await End(await Claim("a"), RunStatus.Succeeded);

        Assert.True(await Store.RequestCancelAsync(new RunId("run_a"), default));
        Assert.Null((await Find("a")).Due);
        Assert.Empty(await ClaimAll());
        Assert.False(await Store.RequestCancelAsync(new RunId("run_none"), default));
    }

    private async Task CreatePrompted(string id, string prompt, TimeSpan? due = null)
    {
        await Create(id);
        var claimed = await Claim(id);
        await Store.SaveAsync(
            Given.Save(claimed, claimed.Run with
            {
                Status = RunStatus.WaitingUser, Prompt = Given.Prompt(prompt), Due = Now + (due ?? TimeSpan.FromHours(1)), Revision = 2,
            }),
            default);
    }

    private Task<ReplyOutcome> Reply(string id, string prompt, string transaction) =>
        Store.AcceptReplyAsync(new RunId($"run_{id}"), Given.Reply(prompt, transaction), default);
}
