using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Engine.Runs;

namespace Engine.Storage;

public sealed partial class EngineStore
{
    public async Task<IReadOnlyList<ClaimedRun>> ClaimDueAsync(ClaimRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);

        var claimed = new List<ClaimedRun>();
        foreach (var taken in await wakes.ClaimAsync(request, cancellation))
        {
            try
            {
                claimed.Add(Open(taken));
            }
            catch (Exception broken) when (broken is SealBrokenException or JsonException)
            {
                // One that cannot be read must not hold up the others at each claim.
                var place = broken is SealBrokenException sealedPlace ? sealedPlace.Place : "its inbox or prompt";
                await EndUnreadableAsync(taken.Stored.Row.Number, taken.Fence, place, cancellation);
            }
        }

        claimed.Sort((a, b) => Nullable.Compare(a.Run.Due, b.Run.Due));
        return claimed;
    }

    public Task<IReadOnlyList<RunId>> RenewAsync(IReadOnlyList<Lease> leases, TimeSpan by, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(leases);
        return wakes.RenewAsync(leases, by, cancellation);
    }

    public Task<bool> PostponeAsync(Lease lease, DateTimeOffset due, CancellationToken cancellation) =>
        wakes.PostponeAsync(lease, due, cancellation);

    public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellation) => database.ReadAsync<DateTimeOffset?>(
        session => session.Number("SELECT min(coalesce(lease_until, due)) FROM wakes") is { } ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : null,
        cancellation);

    private ClaimedRun Open(TakenRun taken)
    {
        var run = taken.Stored.Open(sealer);
        return new ClaimedRun(taken.Lease, run, [.. taken.Inbox.Select(item => Open(run.Id, item))]);
    }

    private bool Opens(Session session, long number)
    {
        try
        {
            var found = session.First($"{StoredRowWithBody.Select} WHERE runs.number = @number", StoredRowWithBody.Read, ("@number", number));
            if (found?.Open(sealer) is { } run) ReadInbox(session, number, run.Id, run.InboxSeen);
            return true;
        }
        catch (Exception broken) when (broken is SealBrokenException or JsonException)
        {
            return false;
        }
    }

    /// <summary>
    /// A run whose state does not open can never go on: it ends as failed, and stops no other. What did not open is set
    /// aside. Read once more under the lease: the claim may have met the late save of a holder that had stood still, and seen half of it.
    /// </summary>
    private Task<bool> EndUnreadableAsync(long number, long fence, string place, CancellationToken cancellation) =>
        database.WorkAsync(
        session =>
        {
            if (Opens(session, number)) return false;
            var isHeld = session.Execute(
                "UPDATE wakes SET due = NULL, holder = NULL, lease_until = NULL, inbox_seen = inbox_last WHERE run = @number AND fence = @fence",
                ("@number", number), ("@fence", fence)) == 1;
            if (!isHeld) return false;
            var row = session.First(
                $"SELECT {StoredRow.ColumnNames} FROM {StoredRow.Tables} WHERE number = @number", StoredRow.Read, ("@number", number))
                ?? throw new UnreachableException();
            var now = Time.GetUtcNow();
            var exit = new Exit("internal", row.Run.Step, now, ImmutableDictionary<string, string>.Empty);
            var seq = session.Number(
                """
                UPDATE runs SET
                  status = 'failed', is_open = 0, prompt_id = NULL,
                  exit = @exit, updated_at = @now, revision = revision + 1, journal_last = journal_last + 1
                WHERE number = @number RETURNING journal_last
                """,
                ("@number", number), ("@exit", StoredJson.ToText(exit)), ("@now", now.ToColumn())) ?? 0;
            var detail = ImmutableDictionary<string, string>.Empty.Add("code", exit.Code).Add("unreadable", place);
            session.Hint(row.Run.Id, hasWork: false);
            InsertJournal(session, number, seq, [new JournalEntry(seq, now, "ended", row.Run.Step, detail)]);
            session.Execute(
                """
                INSERT INTO unreadable_bodies (run, found_at, state, prompt)
                SELECT run, @now, state, prompt FROM run_bodies WHERE run = @number
                """,
                ("@number", number), ("@now", now.ToColumn()));
            session.Execute("DELETE FROM run_bodies WHERE run = @number", ("@number", number));
            session.Execute("DELETE FROM inbox WHERE run = @number", ("@number", number));
            return true;
        },
        cancellation);
}
