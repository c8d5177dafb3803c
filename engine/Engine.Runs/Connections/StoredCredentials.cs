using System.Globalization;
using System.Text.Json;

namespace Engine.Runs;

/// <summary>Names one set of credentials. Connections that were made with the same ones share it.</summary>
public readonly record struct CredentialId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>Credentials as they are stored.</summary>
/// <param name="Version">Starts at 1, +1 at each refresh: by it a writer proves that what it spent is still what is stored.</param>
/// <param name="Body">The provider's credentials record, secrets bare.</param>
public sealed record StoredCredentials(CredentialId Id, string Provider, long Version, JsonElement Body, DateTimeOffset StoredAt)
{
    /// <summary>When access ends; null where it is not known to end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When they can no longer be refreshed; null where that is not known.</summary>
    public DateTimeOffset? RefreshExpiresAt { get; init; }

    /// <summary>Whether they were sent to be refreshed and nobody knows what came of it.</summary>
    public bool IsInDoubt { get; init; }

    /// <summary>Refreshes in a row that the provider refused without saying that the credentials are dead.</summary>
    public int Refusals { get; init; }

    /// <summary>Refreshes in a row that failed for now.</summary>
    public int Failures { get; init; }

    /// <summary>No refresh before this, whoever asks; null: at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Why they are refreshed no more, as a code; null while they may be. Survives restarts.</summary>
    public string? Stop { get; init; }

    /// <summary>Whether access lasts, as far as is known.</summary>
    public bool IsUsableAt(DateTimeOffset now) => ExpiresAt is not { } end || now < end;

    /// <summary>Names the credentials, never what they hold.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id} version {Version}");

    /// <summary>A moment among credentials, as <c>expires_at</c>; null where there is none.</summary>
    public static DateTimeOffset? FindMoment(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        && value.TryGetDateTimeOffset(out var moment)
            ? moment.ToUniversalTime()
            : null;
}

/// <summary>The right to refresh credentials until a time.</summary>
/// <param name="Fence">Grows with each lease; who shows an older one sends nothing.</param>
/// <param name="Credentials">As they stand under the lease.</param>
public sealed record CredentialLease(StoredCredentials Credentials, long Fence, DateTimeOffset Until);

/// <summary>How a refresh ended that brought no new credentials.</summary>
/// <param name="IsInDoubt">Whether they may have been spent all the same.</param>
public sealed record RefreshEnd(bool IsInDoubt, int Refusals, int Failures, DateTimeOffset? NotBefore, string? Stop);
