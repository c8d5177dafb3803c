using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Engine.Flows;
using ConnectionHealth = Engine.Sdk.ConnectionHealth;

namespace Engine.Runs;

internal sealed partial class RunTurn
{
    private const string WrongAccountCause = "wrong_account";

    private static readonly JsonElement NoParams = JsonSerializer.SerializeToElement(ImmutableDictionary<string, string>.Empty);

    private void EnterConnect(CompiledStep.Connect step)
    {
        NoteEntered();
        var key = KeyOf(step);
        if (step.Identity.KeyValue is not null && key is null) End(RunStatus.Failed, Sdk.Failures.ProviderChanged);
        else if (run.Stored is { } stored) Renew(step, stored, key);
        else if (key is null) Store(step, null, null);
        else LookUp(key);
    }

    /// <summary>The connection is there already: compares whose account came back.</summary>
    private void Renew(CompiledStep.Connect step, Connection stored, string? key)
    {
        if (key is null || stored.IdentityKey is null || stored.IdentityKey == key) Store(step, stored, key);
        else if (step.OnOtherAccount == OnOtherAccount.Reject) RejectAccount(step, stored, EngineTexts.WrongAccount);
        else LookUp(key);
    }

    private void LookUp(string key)
    {
        var id = new EffectId("e" + (run.Effects + 1).ToString(CultureInfo.InvariantCulture));
        Change(run with
        {
            Effects = run.Effects + 1,
            Pending = new PendingCall(PendingKind.LookUp, id, -1, key, 1, now),
            Status = RunStatus.Running,
        });
        effect = new Effect.LookUpIdentity(id, key);
    }

    private void Found(Connection? existing)
    {
        Change(run with { Pending = null });
        if (Here is not CompiledStep.Connect step) return;
        var key = KeyOf(step);
        var replaced = step.OnOtherAccount == OnOtherAccount.Replace ? run.Stored : null;
        if (existing is null || existing.Id == replaced?.Id || step.OnDuplicate == OnDuplicate.Allow) Store(step, replaced, key);
        else if (step.OnDuplicate == OnDuplicate.Reuse && existing.Subject == run.Subject) Store(step, existing, key);
        else RejectAccount(step, replaced, EngineTexts.AlreadyConnected);
    }

    /// <summary>
    /// The account is not the one to connect. Where the provider swapped it already, the stored connection no longer is what it
    /// says, and needs its own account again.
    /// </summary>
    private void RejectAccount(CompiledStep.Connect step, Connection? stored, string code)
    {
        if (step.IsSwappedByProvider && stored is not null)
        {
            connection = stored with
            {
                Health = ConnectionHealth.NeedsReauth, Cause = WrongAccountCause, UpdatedAt = now, Revision = stored.Revision + 1,
            };
            Change(run with { Stored = connection });
            Note("connection_broken", ("connection", connection.Id.Value), ("cause", WrongAccountCause));
        }
        End(RunStatus.Failed, code);
    }

    /// <summary>Stores a new connection, or brings one up to date. From here on nothing is undone.</summary>
    private void Store(CompiledStep.Connect step, Connection? current, string? key)
    {
        var label = step.Identity.LabelValue is { } index ? scope.Value(index)?.ToString() : null;
        var parameters = step.ParamsValue is { } value ? ToJson(Evaluate(value)) : NoParams;
        var credentials = step.CredentialsValue is { } secret ? ToJson(Evaluate(secret)) : (JsonElement?)null;
        var health = step.Suspended is null ? ConnectionHealth.Active : ConnectionHealth.Suspended;
        connection = current is null
            ? new Connection(
                run.Draft, flow.Name, ProviderName(step), run.Subject, key, label, parameters, credentials,
                step.IsClaimRequired ? ConnectionHealth.Unclaimed : health, step.Suspended, now, now, 1)
            {
                World = run.World,
            }
            : current with
            {
                IdentityKey = key ?? current.IdentityKey,
                IdentityLabel = label ?? current.IdentityLabel,
                Params = parameters,
                Credentials = credentials,
                World = run.World,
                Health = current.Health == ConnectionHealth.Unclaimed ? ConnectionHealth.Unclaimed : health,
                Cause = step.Suspended,
                UpdatedAt = now,
                Revision = current.Revision + 1,
            };
        Change(run with
        {
            Stored = connection with { Credentials = null },
            IsConnected = true,
            Undo = [],
            Leftover = run.Leftover.Clear(),
            HasNewLeftover = false,
        });
        isLeftoverUsedUp = true;
        Note("connected", ("connection", connection.Id.Value), ("revision", connection.Revision.ToString(CultureInfo.InvariantCulture)));
        next = step.Next;
    }

    private JsonElement ToJson(object value) => JsonSerializer.SerializeToElement(value, value.GetType(), loaded.Json);

    private string ProviderName(CompiledStep.Connect step) =>
        step.Provider ?? flow.Calls.FirstOrDefault()?.Provider ?? flow.Providers.Keys.Order(StringComparer.Ordinal).FirstOrDefault("");

    /// <summary>A text, a number or a guid, compared as text; null where the provider does not tell.</summary>
    private string? KeyOf(CompiledStep.Connect step)
    {
        var value = step.Identity.KeyValue is { } index ? scope.Value(index) : null;
        var text = value is IFormattable formattable ? formattable.ToString(null, CultureInfo.InvariantCulture) : value?.ToString();
        return string.IsNullOrEmpty(text) ? null : text;
    }
}
