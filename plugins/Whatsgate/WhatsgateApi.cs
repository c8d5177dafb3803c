using Engine.Sdk;

namespace Whatsgate;

/// <summary>The provider's common rules: one address for all commands, one shape of refusals, one shape of sessions.</summary>
internal sealed class WhatsgateApi(WhatsgateSettings settings, ProviderHttp http)
{
    private readonly ProviderHttp api = http.At(settings.BaseUrl).WithHeader("X-Api-Key", settings.ApiKey);
    private readonly Uri pages = settings.PageUrl ?? settings.BaseUrl;

    /// <summary>Sends a command. A refusal comes as HTTP 500 with a <c>name</c>, whatever its reason.</summary>
    /// <param name="findRefusal">What a refusal of this command may mean besides; null for nothing.</param>
    public async Task<Result<T>> SendAsync<T>(
        string command, Dictionary<string, object?> body, Func<Refusal, Failure?>? findRefusal, CancellationToken cancellation)
        where T : notnull, IAnswer
    {
        var operation = command.Replace('-', '_');
        var answer = await api.SendAsync<T>(
            ProviderRequest.Post($"api/v1/{command}", body, operation) with { OnRefusal = Refused, OnServerError = Refused }, cancellation);
        return answer.IsFailure || answer.Value.Result == "OK"
            ? answer
            : new Failure(Failures.ProviderChanged, $"{operation}: the answer is 200, but its result is not OK", IsInDoubt: true);

        Failure? Refused(Refusal refusal)
        {
            if (refusal.FindText("name") is not { } name) return null;
            if (name.Equals("Unauthorized", StringComparison.OrdinalIgnoreCase))
            {
                return new Failure(Failures.ConfigError, $"{operation}: the key is not accepted; check api_key and base_url ({refusal})")
                {
                    ProviderCode = refusal.ToString(),
                };
            }

            // A refusal in the provider's own shape says that it looked at the command and did nothing [I].
            return findRefusal?.Invoke(refusal)
                ?? new Failure(Failures.ProviderDown, $"{operation}: the provider refused ({refusal})") { ProviderCode = refusal.ToString() };
        }
    }

    /// <summary>A session as flows see it.</summary>
    public Result<Session> Read(WireSession wire, string operation)
    {
        if (wire.QrLink is { Length: > 0 } link && !IsOwnPage(link))
        {
            return new Failure(
                Failures.ConfigError, $"{operation}: qr_link leads to another host than that of the settings; set page_url to the host of the provider's pages");
        }

        return new Session(
            wire.UniqueId, StatusOf(wire.Status), wire.Name ?? "", Shown(wire.QrLink), Shown(wire.Code), Filled(wire.Wid), NumberOf(wire.Wid), Filled(wire.Pushname));
    }

    private bool IsOwnPage(string link) =>
        Uri.TryCreate(link, UriKind.Absolute, out var address) && address.UserInfo.Length == 0
        && Uri.Compare(address, pages, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;

    // status_name is translated, and decides nothing.
    private static SessionStatus StatusOf(string status) => status switch
    {
        "PENDING" => SessionStatus.Pending,
        "AUTH" => SessionStatus.Auth,
        "READY" => SessionStatus.Ready,
        "DESTROYING" => SessionStatus.Destroying,
        _ => SessionStatus.Unknown,
    };

    // 70000000000@c.us; WhatsApp itself may put the number of the device behind a colon.
    private static string? NumberOf(string? wid) =>
        wid is not null && string.Concat(wid.TakeWhile(char.IsAsciiDigit)) is { Length: > 0 } digits ? digits : null;

    private static ShowOnce? Shown(string? text) => Filled(text) is { } value ? new ShowOnce(value) : null;

    private static string? Filled(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <summary>What every answer has.</summary>
internal interface IAnswer
{
    string Result { get; }
}

internal sealed record Plain(string Result) : IAnswer;

internal sealed record OneSession(string Result, WireSession Data) : IAnswer;

internal sealed record ManySessions(string Result, IReadOnlyList<WireSession> Data, int? Pages) : IAnswer;

/// <summary>A session as the provider sends it (providers.md §2.2).</summary>
internal sealed record WireSession(Secret UniqueId, string Status, string? Name, string? Code, string? QrLink, string? Wid, string? Pushname);

/// <summary>An event as the provider sends it (§2.7); the rest of it can be forged, and is asked for.</summary>
internal sealed record WireEvent(long Id, Secret WhatsappId, string EventAction);
