using System.Text.Json;
using Engine.Postgres;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Storage;

public abstract partial class RunStoreContract
{
    [ContractFact]
    public async Task A_signal_is_in_the_inbox_once_for_each_key_of_a_hook_and_makes_the_run_due_now()
    {
        await CreatePrompted("a", "p1");

        Assert.True(await Signal("a", "event", "k1"));
        Assert.False(await Signal("a", "event", "k1"));
        Assert.True(await Signal("a", "event", "k2"));
        Assert.True(await Signal("a", "other", "k1"));

        var claimed = await Claim("a");
        Assert.Equal([1, 2, 3], claimed.Inbox.Select(item => item.Seq));
        var signal = Assert.IsType<InboxContent.Signalled>(claimed.Inbox[1].Content).Signal;
        Assert.Equal(("event", "k2", "hunter2"), (signal.Hook, signal.Key, signal.Payload.GetProperty("token").GetString()));
    }

    [ContractFact]
    public async Task A_repeat_is_known_after_the_first_was_applied_and_a_run_that_has_ended_takes_none()
    {
        await CreatePrompted("a", "p1");
        await Signal("a", "event", "k1");
        var claimed = await Claim("a");
        await Store.SaveAsync(Given.Save(claimed, claimed.Run with { InboxSeen = 1 }), default);

        Assert.False(await Signal("a", "event", "k1"));
        Assert.True(await Signal("a", "event", "k2"));
        var again = await Claim("a");
        await End(again with { Run = again.Run with { InboxSeen = 2 } }, RunStatus.Succeeded);

        Assert.False(await Signal("a", "event", "k3"));
        Assert.False(await Signal("none", "event", "k1"));
    }

    private Task<bool> Signal(string id, string hook, string key) => Store.AcceptSignalAsync(
        new RunId($"run_{id}"), new Signal(hook, key, JsonSerializer.SerializeToElement(new { token = "hunter2" })), default);
}
