using System.Collections.Immutable;
using Engine.Sandbox;

namespace Whatsgate.Simulator;

/// <summary>How one scenario goes; the defaults are a provider where all goes well and a person whose phone links by itself.</summary>
internal sealed record Course(string Name, string En, string Ru)
{
    /// <summary>All of them; the first is the default.</summary>
    public static ImmutableArray<Course> All { get; } =
    [
        new("link", "All goes well: the phone is linked by itself after two QR codes, or by the code", "Всё хорошо: телефон подключается сам после двух QR-кодов или по коду"),
        new("manual", "Nothing happens by itself: use the simulated phone", "Само ничего не происходит: управляйте телефоном")
        {
            LinkAfter = null,
            QrLife = TimeSpan.FromSeconds(20),
        },
        new("not-linked", "Nobody ever links a phone", "Телефон никто не подключает") { LinkAfter = null },
        new("wrong-phone", "Another phone than the one asked for is linked", "Подключается не тот телефон") { IsWrongPhone = true },
        new("code-late", "The code appears after 8 seconds", "Код появляется через 8 секунд") { CodeAfter = TimeSpan.FromSeconds(8) },
        new("code-on-page", "The code stands on the provider's page only", "Код виден только на странице сервиса") { CodeAfter = null },
        new("callback-early", "The callback comes before the answer to the creation", "Уведомление приходит раньше ответа о создании")
        {
            LinkAfter = TimeSpan.Zero,
            CreateDelay = TimeSpan.FromSeconds(3),
        },
        new("callback-twice", "The callback comes twice, though it was taken", "Уведомление приходит дважды, хотя принято") { DoublesCallbacks = true },
        new("callback-lost", "No callback ever comes", "Уведомления не приходят") { LosesCallbacks = true },
        new("slot-taken", "The tariff has one slot, and another WhatsApp takes it", "В тарифе одно место, и оно занято другим WhatsApp") { HasOneSlot = true },
        new("closed", "The first session is closed after 10 seconds; the next one is fine", "Первый сеанс закрывается через 10 секунд; следующий исправен")
        {
            ClosesFirstSession = true,
        },
        new("page-too-early", "The page says that all is done 8 seconds before the server does", "Страница сообщает об успехе на 8 секунд раньше сервера")
        {
            PageLead = TimeSpan.FromSeconds(8),
        },
        new("page-error", "The page shows an error once; the second try works", "Страница один раз показывает ошибку; вторая попытка удаётся")
        {
            LinkAfter = TimeSpan.FromSeconds(20),
            PageErrorAfter = TimeSpan.FromSeconds(8),
        },
        new("unknown-status", "Before it is ready, a status that nobody knows for 6 seconds", "Перед готовностью 6 секунд неизвестный статус") { HasUnknownStatus = true },
        new("create-lost", "The session is created, and the answer is lost", "Сеанс создан, но ответ потерян") { LosesCreateAnswer = true },
        new("delete-fails", "The first deletion is refused", "Первое удаление отвергается") { LinkAfter = null, RefusesFirstDelete = true },
        new("unavailable", "Every third call is refused with 500", "Каждый третий вызов отвергается: 500") { IsUnavailable = true },
        new("slow", "Every answer takes 3 seconds", "Каждый ответ занимает 3 секунды") { Delay = TimeSpan.FromSeconds(3) },
        new("html", "Answers with a web page instead of JSON", "Отвечает веб-страницей вместо JSON") { AnswersHtml = true },
        new("unauthorized", "Refuses the API key: 500 and the name Unauthorized", "Отвергает ключ API: 500 и имя Unauthorized") { RefusesKey = true },
        new("hang", "Never answers", "Никогда не отвечает") { Hangs = true },
    ];

    /// <summary>From the creation until the phone is linked; null: only by hand.</summary>
    public TimeSpan? LinkAfter { get; init; } = TimeSpan.FromSeconds(14);

    /// <summary>From the creation until the code is there; null: it stands on the hosted page only.</summary>
    public TimeSpan? CodeAfter { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long one QR code lives; shorter than in life, for a short demonstration.</summary>
    public TimeSpan QrLife { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>By how much the page is ahead of the server.</summary>
    public TimeSpan PageLead { get; init; }

    /// <summary>From the creation until the page shows an error for a while; null: never.</summary>
    public TimeSpan? PageErrorAfter { get; init; }

    public TimeSpan CreateDelay { get; init; }

    public TimeSpan Delay { get; init; }

    public bool IsWrongPhone { get; init; }

    public bool DoublesCallbacks { get; init; }

    public bool LosesCallbacks { get; init; }

    public bool HasOneSlot { get; init; }

    public bool ClosesFirstSession { get; init; }

    public bool HasUnknownStatus { get; init; }

    public bool LosesCreateAnswer { get; init; }

    public bool RefusesFirstDelete { get; init; }

    public bool IsUnavailable { get; init; }

    public bool AnswersHtml { get; init; }

    public bool RefusesKey { get; init; }

    public bool Hangs { get; init; }

    public static Course Of(World world) => All.First(course => course.Name == world.Origin.Scenario);

    public Scenario ToScenario() => new(
        Name, new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = En, ["ru"] = Ru }, []);
}
