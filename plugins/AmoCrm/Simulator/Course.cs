using System.Collections.Immutable;
using Engine.Sandbox;

namespace AmoCrm.Simulator;

/// <summary>How one scenario goes; by default one published integration, two accounts, and nothing goes wrong.</summary>
internal sealed record Course(string Name, string En, string Ru)
{
    private const string Consent = "amocrm";
    private const string Copied = "amocrm-code";

    /// <summary>All of them; the first is the default.</summary>
    public static ImmutableArray<Course> All { get; } =
    [
        new("published", "All goes well: a published integration, two accounts to choose from", "Всё хорошо: опубликованная интеграция, два аккаунта на выбор"),
        new("one-account", "The person has one account", "У человека один аккаунт") { HasOneAccount = true },
        new("private", "A private integration: only the technical account is offered", "Приватная интеграция: доступен только технический аккаунт")
        {
            Status = Status.Private,
        },
        new("in-moderation", "In moderation: only the technical account is offered", "На модерации: доступен только технический аккаунт")
        {
            Status = Status.InModeration,
        },
        new("withdrawn", "Withdrawn from publication: only the technical account is offered", "Снята с публикации: доступен только технический аккаунт")
        {
            Status = Status.Withdrawn,
        },
        new("not-admin", "The person is no administrator of the first account", "Человек не администратор первого аккаунта") { IsNoAdministrator = true },
        new("not-paid", "The account is not paid for", "Аккаунт не оплачен") { IsUnpaid = true },
        new("kommo", "The accounts are at Kommo", "Аккаунты на Kommo") { Domain = "kommo.com", Platform = 2 },
        new("code-expired", "The first code has expired", "Первый код уже истёк") { FirstCodeIsExpired = true },
        new("foreign-referer", "The return names a host that is none of amoCRM's", "В возврате указан чужой адрес") { Referer = "amocrm.ru.example.com", Flows = [Consent] },
        new("slow-tokens", "The token endpoint takes 12 seconds", "Выдача токенов занимает 12 секунд") { TokenDelay = TimeSpan.FromSeconds(12) },
        new("tokens-lost", "Tokens are made for the first code, and the answer is lost", "Токены по первому коду выданы, но ответ потерян") { LosesFirstTokens = true },
        new("rate-limited", "Every second call is answered with 429", "На каждый второй вызов — ответ 429") { LimitsRate = true },
        new("unavailable", "Every second call is answered with 503", "На каждый второй вызов — ответ 503") { IsUnavailable = true },
        new("blocked", "The caller is blocked: 403 with a web page", "Вызывающий заблокирован: 403 с веб-страницей") { IsBlocked = true },
        new("html", "Answers with a web page instead of JSON", "Отвечает веб-страницей вместо JSON") { AnswersHtml = true },
        new("wrong-secret", "The secret key is not the integration's", "Секретный ключ не от этой интеграции") { RefusesSecret = true },
        new("no-refresh-token", "A refresh gives no new refresh token", "При продлении не приходит новый refresh-токен") { GivesNoRefreshToken = true },
        new("renamed", "The account is renamed right after it was connected", "Аккаунт переименован сразу после подключения") { RenamesAfterExchange = true },
        new("short-lived", "Access lasts a minute", "Доступ действует минуту") { AccessLife = TimeSpan.FromMinutes(1) },
        new("copied-late", "The code in the integration's window is more than 20 minutes old", "Коду в окне интеграции больше 20 минут")
        {
            FirstCodeIsExpired = true,
            Flows = [Copied],
        },
    ];

    public ImmutableArray<string> Flows { get; init; } = [];

    public Status Status { get; init; } = Status.Published;

    public string Domain { get; init; } = "amocrm.ru";

    /// <summary>As the return says it: 1 is amocrm.ru, 2 amocrm.com and kommo.com.</summary>
    public int Platform { get; init; } = 1;

    public bool HasOneAccount { get; init; }

    public bool IsNoAdministrator { get; init; }

    public bool IsUnpaid { get; init; }

    public bool FirstCodeIsExpired { get; init; }

    /// <summary>What stands in the return instead of the account's host; null: the host.</summary>
    public string? Referer { get; init; }

    public TimeSpan TokenDelay { get; init; }

    public TimeSpan AccessLife { get; init; } = TimeSpan.FromDays(1);

    public bool LosesFirstTokens { get; init; }

    public bool LimitsRate { get; init; }

    public bool IsUnavailable { get; init; }

    public bool IsBlocked { get; init; }

    public bool AnswersHtml { get; init; }

    public bool RefusesSecret { get; init; }

    public bool GivesNoRefreshToken { get; init; }

    public bool RenamesAfterExchange { get; init; }

    public static Course Of(World world) => All.First(course => course.Name == world.Origin.Scenario);

    public Scenario ToScenario() => new(
        Name, new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = En, ["ru"] = Ru }, Flows);
}

/// <summary>How far an integration has come; before it is published, only the technical account may have it.</summary>
internal enum Status
{
    Private,
    InModeration,
    Published,
    Withdrawn,
}
