using System.Text.Json;
using Engine.Flows;
using Engine.Runs;
using Engine.Sdk;
using Xunit;
using static Engine.Tests.LabSteps;

namespace Engine.Tests;

public sealed class ConnectTests
{
    [Fact]
    public void Without_an_identity_a_new_connection_is_stored_at_once()
    {
        var run = new LabRun(ConnectThenDone(null).Load());

        var stored = run.Last.Connection!;
        Assert.Equal(("con_draft", "lab-flow", "lab", "anna", 1), (stored.Id.Value, stored.Flow, stored.Provider, stored.Subject, stored.Revision));
        Assert.Equal("""{"id":7}""", stored.Params.GetRawText());
        Assert.Equal("""{"token":"t0ken"}""", stored.Credentials?.GetRawText());
        Assert.Equal((ConnectionHealth.Active, RunStatus.Succeeded), (stored.Health, run.Run.Status));
    }

    [Fact]
    public void With_an_identity_the_store_is_asked_first()
    {
        var run = new LabRun(ConnectThenDone("12345L").Load());
        var lookUp = Assert.IsType<Engine.Runs.Effect.LookUpIdentity>(Assert.Single(run.Last.Effects));
        Assert.Equal("12345", lookUp.IdentityKey);

        Assert.Equal(lookUp, Assert.Single(run.Lose().Last.Effects));
        run.Tell(new RunEvent.IdentityLookedUp(lookUp.Id, null));

        Assert.Equal(("con_draft", "12345"), (run.Last.Connection!.Id.Value, run.Last.Connection.IdentityKey));
    }

    [Theory]
    [InlineData(OnDuplicate.Reuse, "anna", "con_old", 4, null)]
    [InlineData(OnDuplicate.Reuse, "bert", null, 0, "already_connected")]
    [InlineData(OnDuplicate.Reject, "anna", null, 0, "already_connected")]
    [InlineData(OnDuplicate.Allow, "anna", "con_draft", 1, null)]
    public void A_duplicate_is_reused_rejected_or_allowed(OnDuplicate rule, string subject, string? stored, int revision, string? failure)
    {
        var run = new LabRun(ConnectThenDone("\"me\"", duplicate: rule).Load());

        run.Tell(new RunEvent.IdentityLookedUp(run.PendingEffect, Stored("me") with { Subject = subject }));

        Assert.Equal((stored, revision), (run.Last.Connection?.Id.Value, run.Last.Connection?.Revision ?? 0));
        Assert.Equal(failure ?? "succeeded", run.ExitCode);
    }

    [Fact]
    public void Reauthorization_keeps_the_connection_and_raises_its_revision()
    {
        var broken = Stored("me") with { Health = ConnectionHealth.NeedsReauth, Cause = "session_ended" };

        var run = new LabRun(ConnectThenDone("\"me\"").Load(), broken, Purpose.Reauth);

        var stored = run.Last.Connection!;
        Assert.Equal(("con_old", 4, ConnectionHealth.Active), (stored.Id.Value, stored.Revision, stored.Health));
        Assert.Null(stored.Cause);
        Assert.Equal(broken.CreatedAt, stored.CreatedAt);
    }

    [Fact]
    public void Reauthorization_without_an_identity_compares_nothing()
    {
        var run = new LabRun(ConnectThenDone(null).Load(), Stored("me"), Purpose.Reauth);

        Assert.Equal(("con_old", "me"), (run.Last.Connection!.Id.Value, run.Last.Connection.IdentityKey));
    }

    [Fact]
    public void Another_account_is_rejected_and_the_stored_connection_is_left_alone()
    {
        var run = new LabRun(ConnectThenDone("\"other\"").Load(), Stored("me"), Purpose.Reauth);

        Assert.Equal("wrong_account", run.ExitCode);
        Assert.Null(run.Last.Connection);
    }

    [Fact]
    public void Another_account_that_the_provider_swapped_in_already_breaks_the_stored_connection()
    {
        var run = new LabRun(ConnectThenDone("\"other\"", isSwapped: true).Load(), Stored("me"), Purpose.Reauth);

        var stored = run.Last.Connection!;
        Assert.Equal(("con_old", ConnectionHealth.NeedsReauth, "wrong_account", 4), (stored.Id.Value, stored.Health, stored.Cause, stored.Revision));
        Assert.Equal(("me", "wrong_account"), (stored.IdentityKey, run.ExitCode));
    }

    [Theory]
    [InlineData(OnOtherAccount.Replace, "con_old", 4)]
    [InlineData(OnOtherAccount.New, "con_draft", 1)]
    public void Another_account_replaces_or_makes_a_new_connection(OnOtherAccount rule, string id, int revision)
    {
        var run = new LabRun(ConnectThenDone("\"other\"", rule).Load(), Stored("me"), Purpose.Reauth);

        run.Tell(new RunEvent.IdentityLookedUp(run.PendingEffect, null));

        Assert.Equal((id, "other", revision), (run.Last.Connection!.Id.Value, run.Last.Connection.IdentityKey, run.Last.Connection.Revision));
    }

    [Fact]
    public void Another_account_that_is_connected_elsewhere_is_a_duplicate()
    {
        var run = new LabRun(ConnectThenDone("\"other\"", OnOtherAccount.Replace).Load(), Stored("me"), Purpose.Reauth);

        run.Tell(new RunEvent.IdentityLookedUp(run.PendingEffect, Stored("other") with { Id = new ConnectionId("con_third") }));

        Assert.Equal("already_connected", run.ExitCode);
    }

    [Fact]
    public void An_identity_that_the_provider_leaves_out_is_a_broken_contract()
    {
        Assert.Equal(Failures.ProviderChanged, new LabRun(ConnectThenDone("(string)null").Load()).ExitCode);
    }

    [Fact]
    public void Connect_disarms_undo()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Call(LabFlow.Make, 1, undo: LabFlow.Drop), Connect(flow, 2), Fail("later")]);

        var run = new LabRun(flow.Load()).Answer(new Made(5));

        Assert.Equal("later", run.ExitCode);
        Assert.NotNull(run.Last.Connection);
    }

    private static LabFlow ConnectThenDone(
        string? key, OnOtherAccount other = OnOtherAccount.Reject, OnDuplicate duplicate = OnDuplicate.Reject, bool isSwapped = false)
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Connect(flow, 1, key, other, duplicate, isSwapped), Done]);
        return flow;
    }

    private static Connection Stored(string key) => new(
        new ConnectionId("con_old"), "lab-flow", "lab", "anna", key, null, JsonSerializer.SerializeToElement(new { id = 1 }), null,
        ConnectionHealth.Active, null, LabRun.Start.AddDays(-9), LabRun.Start.AddDays(-9), 3);
}
