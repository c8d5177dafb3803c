using System.Globalization;
using System.Text.Json;
using Engine.Runs;
using Engine.Sdk;

namespace Engine.Host;

/// <summary>The language of the operators' pages. Both languages of a sentence stand where it is used, so that none can be forgotten.</summary>
internal sealed record Words(string Language)
{
    public bool IsRussian => Language == "ru";

    public string Say(string english, string russian) => IsRussian ? russian : english;

    /// <summary>A text that has its languages with it.</summary>
    public string Pick(IReadOnlyDictionary<string, string> byLanguage) =>
        byLanguage.TryGetValue(Language, out var text) || byLanguage.TryGetValue("en", out text) ? text : byLanguage.Values.FirstOrDefault("");

    public string Of(RunStatus status) => status switch
    {
        RunStatus.Running => Say("working", "работает"),
        RunStatus.WaitingUser => Say("waits for the person", "ждёт человека"),
        RunStatus.WaitingProvider => Say("waits for the provider", "ждёт сервис"),
        RunStatus.WaitingCallback => Say("waits for a callback", "ждёт вызова"),
        RunStatus.Succeeded => Say("succeeded", "успешно"),
        RunStatus.Failed => Say("failed", "ошибка"),
        RunStatus.Cancelled => Say("cancelled", "отменён"),
        RunStatus.Expired => Say("expired", "истёк"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public string Of(ConnectionHealth health) => health switch
    {
        ConnectionHealth.Connecting => Say("connecting", "подключается"),
        ConnectionHealth.Unclaimed => Say("unclaimed", "не принято"),
        ConnectionHealth.Active => Say("active", "работает"),
        ConnectionHealth.Degraded => Say("degraded", "с перебоями"),
        ConnectionHealth.Expiring => Say("expiring", "истекает"),
        ConnectionHealth.PendingReview => Say("under review", "на проверке"),
        ConnectionHealth.NeedsReauth => Say("needs sign-in", "нужен вход"),
        ConnectionHealth.Suspended => Say("suspended", "приостановлено"),
        ConnectionHealth.Disabled => Say("switched off", "выключено"),
        ConnectionHealth.Revoked => Say("revoked", "отозвано"),
        _ => Word(health),
    };

    public string Of(ProviderTrouble? trouble) => trouble switch
    {
        null => Say("normal", "работает"),
        ProviderTrouble.Degraded => Say("degraded", "с перебоями"),
        ProviderTrouble.Down => Say("down", "не работает"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A length of time, its two largest units.</summary>
    public string Span(TimeSpan span)
    {
        var left = span < TimeSpan.Zero ? TimeSpan.Zero : span;
        var (day, hour, minute, second) = (Say("d", "д"), Say("h", "ч"), Say("min", "мин"), Say("s", "с"));
        return left switch
        {
            { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)left.TotalDays} {day} {left.Hours} {hour}"),
            { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)left.TotalHours} {hour} {left.Minutes} {minute}"),
            { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{left.Minutes} {minute} {left.Seconds} {second}"),
            { TotalSeconds: >= 10 } => string.Create(CultureInfo.InvariantCulture, $"{left.Seconds} {second}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{left.TotalSeconds:0.##} {second}"),
        };
    }

    /// <summary>A moment as seen from now.</summary>
    public string Since(DateTimeOffset at, DateTimeOffset now) =>
        at > now ? Say($"in {Span(at - now)}", $"через {Span(at - now)}") : Say($"{Span(now - at)} ago", $"{Span(now - at)} назад");

    /// <summary>A moment: in UTC as it is sent, in the reader's own time once the page's script has run.</summary>
    public static Html Time(DateTimeOffset at) => Html.Of(
        $"<time datetime=\"{at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)}\">{at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC</time>");

    public static string Word<T>(T word)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(word.ToString());

    /// <summary>The member that a word of an address names; null where there is none.</summary>
    public static T? Named<T>(string? word)
        where T : struct, Enum => Enum.GetValues<T>().Cast<T?>().FirstOrDefault(member => member is { } one && Word(one) == word);
}
