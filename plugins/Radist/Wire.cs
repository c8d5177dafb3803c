using System.Globalization;
using System.Text.Json;
using Engine.Sdk;

namespace Radist;

/// <summary>Reads and writes what Radist's documentation leaves open, by the names and words that the settings give.</summary>
internal sealed class Wire(RadistSettings settings)
{
    /// <summary>Puts a value into a body under a dotted name such as <c>params.api_key</c>.</summary>
    public static void Put(Dictionary<string, object?> body, string name, object value)
    {
        var parts = name.Split('.');
        foreach (var part in parts[..^1])
        {
            if (body.GetValueOrDefault(part) is not Dictionary<string, object?> inner)
            {
                body[part] = inner = new Dictionary<string, object?>(StringComparer.Ordinal);
            }

            body = inner;
        }

        body[parts[^1]] = value;
    }

    public string TypeWord(ConnectionType type) =>
        type == ConnectionType.Telegram ? settings.TelegramType : JsonNamingPolicy.SnakeCaseLower.ConvertName(type.ToString());

    /// <summary>A connection as the API lists it; at the root of the answer, or in <c>connection</c> as version 1 has it.</summary>
    public Connection? FindConnection(JsonElement answer)
    {
        var connection = Unwrapped(answer);
        return Number(connection, "id") is { } id ? new Connection(id, FindText(connection, settings.StatusMember) is { } word ? Status(word) : null) : null;
    }

    public ConnectionState State(int id, JsonElement answer)
    {
        var connection = Unwrapped(answer);
        return new ConnectionState(
            id, Status(FindText(connection, settings.StatusMember)), FindText(connection, settings.PhoneMember),
            QrUrl: Shown(FindText(connection, settings.QrUrlMember)));
    }

    public ConnectionState InstanceState(int id, JsonElement answer) => new(
        id, Status(FindText(answer, settings.InstanceStatusMember)), FindText(answer, settings.InstancePhoneMember),
        Shown(FindText(answer, settings.InstanceQrMember)), Moment(FindText(answer, settings.InstanceQrExpiresMember)));

    private ConnectionStatus Status(string? word)
    {
        (string Words, ConnectionStatus Status)[] known =
        [
            (settings.ActiveWords, ConnectionStatus.Active),
            (settings.WaitingWords, ConnectionStatus.WaitingForScan),
            (settings.UsedUpWords, ConnectionStatus.CodesUsedUp),
            (settings.SignedOutWords, ConnectionStatus.SignedOut),
            (settings.NotPaidWords, ConnectionStatus.NotPaid),
        ];
        return Array.Find(known, one => one.Words.Split(' ').Contains(word, StringComparer.OrdinalIgnoreCase)).Status;
    }

    private static JsonElement Unwrapped(JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("connection", out var inner) && inner.ValueKind == JsonValueKind.Object
            ? inner
            : answer;

    public static string? FindText(JsonElement element, string name)
    {
        foreach (var part in name.Split('.'))
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(part, out element)) return null;
        }

        return element.ValueKind == JsonValueKind.String && element.GetString() is { Length: > 0 } text ? text : null;
    }

    private static int? Number(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member)
        && member.ValueKind == JsonValueKind.Number && member.TryGetInt32(out var number)
            ? number
            : null;

    private static ShowOnce? Shown(string? text) => text is null ? null : new ShowOnce(text);

    private static DateTimeOffset? Moment(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment : null;
}
