using System.Text.Json;
using Engine.Postgres;
using Engine.Runs;
using Engine.Sdk;
using Xunit;

namespace Engine.Tests.Storage;

public abstract partial class NodesContract
{
    [ContractFact]
    public async Task One_node_may_refresh_and_one_looks_after_a_connection()
    {
        await ConnectAsync("con_1", "r1");
        var credentials = (await nodes[0].FindCredentialsAsync(new ConnectionId("con_1"), default))!;

        var leases = await AllAsync(16, (node, i) => node.LeaseAsync(credentials.Id, $"node-{i}", Lease, default));
        var cares = await AllAsync(16, (node, i) => node.ClaimCareAsync(new ClaimRequest($"node-{i}", 10, Lease), default));

        var lease = Assert.Single(leases.OfType<CredentialLease>());
        Assert.Single(cares.SelectMany(care => care));
        Assert.True(await nodes[1].MarkSpentAsync(lease, default));
        var replaced = await AllAsync(8, (node, i) => node.ReplaceAsync(credentials.Id, credentials.Version, Body($"n{i}"), default));
        Assert.Single(replaced, isReplaced => isReplaced);
    }

    [ContractFact]
    public async Task Connections_with_the_same_credentials_that_are_deleted_at_once_leave_none()
    {
        for (var round = 0; round < 10; round++)
        {
            string[] ids = [.. Enumerable.Range(0, NodeCount).Select(i => $"con_{round}_{i}")];
            foreach (var id in ids) await ConnectAsync(id, $"shared-{round}");
            var credentials = (await nodes[0].FindCredentialsAsync(new ConnectionId(ids[0]), default))!.Id;
            Assert.Equal(NodeCount, (await nodes[0].ListHoldersAsync(credentials, default)).Count);

            var outcomes = await AllAsync(NodeCount, (node, i) => node.DeleteConnectionAsync(new ConnectionId(ids[i]), isRevoked: true, default));

            Assert.All(outcomes, outcome => Assert.IsType<DeleteOutcome.Deleted>(outcome));
            Assert.Null(await nodes[0].LeaseAsync(credentials, "node", Lease, default));
            await nodes[0].FinishRevocationAsync(Assert.Single(await nodes[0].ClaimRevocationsAsync(null, 10, Lease, default)).Connection, null, default);
        }
    }

    [ContractFact]
    public async Task A_revocation_is_taken_by_one_node()
    {
        for (var i = 0; i < 8; i++)
        {
            await ConnectAsync($"con_{i}", $"r{i}");
            await nodes[0].DeleteConnectionAsync(new ConnectionId($"con_{i}"), isRevoked: true, default);
        }

        var taken = await AllAsync(16, (node, _) => node.ClaimRevocationsAsync(null, 3, Lease, default));

        Assert.Equal(8, taken.Sum(some => some.Count));
        Assert.Equal(8, taken.SelectMany(some => some).Select(one => one.Connection).Distinct().Count());
    }

    [ContractFact]
    public async Task A_call_that_must_happen_once_begins_once()
    {
        await ConnectAsync("con_1", "r1");

        var beginnings = await AllAsync(16, (node, _) => node.BeginCallAsync(new IdempotencyKey("k", "h"), new ConnectionId("con_1"), default));

        Assert.Single(beginnings.OfType<CallBeginning.First>());
        Assert.Equal(15, beginnings.OfType<CallBeginning.Open>().Count());
    }

    [ContractFact]
    public async Task An_unclaimed_connection_becomes_one_subjects()
    {
        await ConnectAsync("con_1", "r1", ConnectionHealth.Unclaimed);

        var outcomes = await AllAsync(16, (node, i) => node.ClaimConnectionAsync(new ConnectionId("con_1"), $"subject-{i}", default));

        Assert.Single(outcomes, outcome => outcome == ClaimOutcome.Claimed);
    }

    [ContractFact]
    public async Task What_a_run_left_is_taken_by_one_run()
    {
        await CreateAsync("a");
        var held = Assert.Single(await ClaimAsync(nodes[0]));
        await nodes[0].SaveAsync(Given.Save(held, held.Run.Ended(RunStatus.Failed, Now)) with { Leftover = "{}" }, default);

        var taken = await AllAsync(16, (node, i) => node.TakeLeftoverAsync("telegram-qr", "shop-7", isInSandbox: false, new RunId($"run_t{i}"), default));

        Assert.Single(taken, one => one is not null);
    }

    private static JsonElement Body(string refreshToken) => JsonSerializer.SerializeToElement(new { access_token = "a", refresh_token = refreshToken });

    private async Task ConnectAsync(string id, string refreshToken, ConnectionHealth health = ConnectionHealth.Active)
    {
        await CreateAsync($"makes_{id}");
        var held = Assert.Single(await ClaimAsync(nodes[0]));
        var connection = Given.Connection(id, Now, $"tg:{id}") with { Credentials = Body(refreshToken), Health = health, Cause = null };
        Assert.True(await nodes[0].SaveAsync(Given.Save(held, held.Run.Ended(RunStatus.Succeeded, Now)) with { Connection = connection }, default));
    }
}
