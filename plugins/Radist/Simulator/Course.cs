using System.Collections.Immutable;
using Engine.Sandbox;

namespace Radist.Simulator;

/// <summary>How one scenario goes; the defaults are a provider where all goes well and a person who scans by himself.</summary>
internal sealed record Course(string Name, string En, string Ru)
{
    private const string QrFlow = "telegram-qr";
    private const string CodeFlow = "telegram-code";
    private const string MaxFlow = "max";
    private const string WhatsappFlow = "whatsapp-radist";
    private const string BotFlow = "telegram-bot";
    private const string GroupFlow = "odnoklassniki";

    private static readonly ImmutableArray<string> Telegram = [QrFlow, CodeFlow];
    private static readonly ImmutableArray<string> Codes = [CodeFlow, MaxFlow];
    private static readonly ImmutableArray<string> Sessions = [QrFlow, CodeFlow, MaxFlow];
    private static readonly ImmutableArray<string> Keys = [BotFlow, GroupFlow];

    /// <summary>All of them; the first is the default.</summary>
    public static ImmutableArray<Course> All { get; } =
    [
        new("scan",
            $"All goes well: QR codes are scanned by themselves; a code to type is {Phone.Code}; any key is good",
            $"Всё хорошо: QR-коды сканируются сами; код для ввода — {Phone.Code}; подходит любой ключ"),
        new("manual", "Nothing happens by itself: use the simulated phone", "Само ничего не происходит: управляйте телефоном")
        {
            ScansByItself = false,
            QrLife = TimeSpan.FromSeconds(30),
            Flows = [.. Sessions, WhatsappFlow],
        },
        new("two-step", $"Scans by itself, then asks for the password: {Phone.Password}", $"Сканирует сам, затем нужен пароль: {Phone.Password}")
        {
            HasTwoStep = true,
            Flows = Telegram,
        },
        new("two-step-off", "Scans by itself; two-step verification is off", "Сканирует сам; двухэтапная аутентификация выключена")
        {
            Flows = Telegram,
        },
        new("wrong-password-twice",
            $"Refuses two passwords whatever they are; then the right one is {Phone.Password}",
            $"Дважды отвергает любой пароль; затем верен {Phone.Password}")
        {
            HasTwoStep = true,
            RefusedPasswords = 2,
            Flows = Telegram,
        },
        new("status-again",
            $"Tells a wrong code or password by the same status again; right are {Phone.Code} and {Phone.Password}",
            $"О неверном коде или пароле сообщает прежним статусом; верны {Phone.Code} и {Phone.Password}")
        {
            HasTwoStep = true,
            RefusesByStatus = true,
            Flows = Sessions,
        },
        new("wrong-code", $"Refuses the first code whatever it is; then {Phone.Code} is right", $"Отвергает первый код; затем верен {Phone.Code}")
        {
            RefusedCodes = 1,
            Flows = Codes,
        },
        new("code-expired", $"The first code has expired; ask for a new one, {Phone.Code}", $"Первый код истёк; запросите новый, {Phone.Code}")
        {
            FirstCodeIsExpired = true,
            Flows = Codes,
        },
        new("not-scanned", "Nobody ever scans", "Никто не сканирует код")
        {
            ScansByItself = false,
            Flows = [QrFlow, WhatsappFlow],
        },
        new("fast-rotation", "The QR code changes every 3 seconds", "QR-код меняется каждые 3 секунды")
        {
            QrLife = TimeSpan.FromSeconds(3),
            Flows = [QrFlow],
        },
        new("unknown-status", "After the scan, a status that nobody knows for 6 seconds", "После сканирования 6 секунд неизвестный статус")
        {
            HasUnknownStatus = true,
            Flows = Sessions,
        },
        new("session-lost", "The first session is lost; the next one is fine", "Первый сеанс теряется; следующий исправен")
        {
            LosesFirstSession = true,
            Flows = Sessions,
        },
        new("rate-limited", "Every third call, and the first creation, is answered with 429", "На каждый третий вызов и первое создание — ответ 429")
        {
            LimitsRate = true,
        },
        new("unavailable", "Every third session call is answered with 503", "На каждый третий вызов сеанса — ответ 503") { IsUnavailable = true, Flows = [.. Sessions, WhatsappFlow] },
        new("slow", "Every answer takes 3 seconds", "Каждый ответ занимает 3 секунды") { Delay = TimeSpan.FromSeconds(3) },
        new("create-lost", "The connection is created, and the answer is lost", "Подключение создано, но ответ потерян") { LosesCreateAnswer = true },
        new("create-fails", "Creation ends with 500 and nothing is created", "Создание завершается ошибкой 500, ничего не создано") { FailsCreate = true },
        new("html", "Answers with a web page instead of JSON", "Отвечает веб-страницей вместо JSON") { AnswersHtml = true },
        new("unauthorized", "Refuses the API key with 401", "Отвергает ключ API: 401") { RefusesKey = true },
        new("no-rights", "The API key lacks the right “connections”: 403", "У ключа API нет права «connections»: 403") { LacksRights = true },
        new("unpaid", "The connection is created and is in no paid subscription", "Подключение создано, но не оплачено") { IsUnpaid = true },
        new("create-unpaid", "The first creation is refused, since the account wants payment; the next one is fine",
            "Первое создание отклонено: аккаунт не оплачен; следующее успешно")
        {
            RefusesFirstCreate = true,
        },
        new("several-scans", "WhatsApp takes only the second scan", "WhatsApp принимает только второе сканирование")
        {
            ScansNeeded = 2,
            Flows = [WhatsappFlow],
        },
        new("codes-run-out", "The first three codes are not scanned; after a new request all goes well",
            "Первые три кода никто не сканирует; после нового запроса всё хорошо")
        {
            CodesRunOut = true,
            Flows = [WhatsappFlow],
        },
        new("state-not-told", "Radist does not tell the code; its own page has it", "Radist не сообщает код; он есть только на его странице")
        {
            HidesInstance = true,
            Flows = [WhatsappFlow],
        },
        new("other-account", "Another phone scans", "Код сканирует другой телефон")
        {
            WhatsappPhone = "79007654321",
            Flows = [WhatsappFlow],
        },
        new("connection-gone", "Support has deleted the connection that there was", "Поддержка удалила прежнее подключение")
        {
            HasLostConnections = true,
        },
        new("wrong-key", "Refuses the first key whatever it is", "Отвергает первый ключ, каким бы он ни был")
        {
            RefusedKeys = 1,
            Flows = Keys,
        },
        new("key-in-use", "The first key is in use elsewhere", "Первый ключ уже используется в другом месте")
        {
            KeysInUse = 1,
            Flows = Keys,
        },
        new("hang", "Never answers", "Никогда не отвечает") { Hangs = true },
    ];

    public ImmutableArray<string> Flows { get; init; } = [];

    public bool ScansByItself { get; init; } = true;

    /// <summary>Real codes live about 30 seconds; scenarios that run by themselves are shorter, for a short demonstration.</summary>
    public TimeSpan QrLife { get; init; } = TimeSpan.FromSeconds(10);

    public bool HasTwoStep { get; init; }

    public bool HasUnknownStatus { get; init; }

    public bool RefusesByStatus { get; init; }

    public int RefusedPasswords { get; init; }

    public int RefusedCodes { get; init; }

    public bool FirstCodeIsExpired { get; init; }

    public bool LosesFirstSession { get; init; }

    public bool LimitsRate { get; init; }

    public bool IsUnavailable { get; init; }

    public TimeSpan Delay { get; init; }

    public bool LosesCreateAnswer { get; init; }

    public bool FailsCreate { get; init; }

    public bool AnswersHtml { get; init; }

    public bool RefusesKey { get; init; }

    public bool Hangs { get; init; }

    public bool LacksRights { get; init; }

    public bool IsUnpaid { get; init; }

    public bool RefusesFirstCreate { get; init; }

    /// <summary>WhatsApp sometimes wants a code scanned more than once.</summary>
    public int ScansNeeded { get; init; } = 1;

    public bool CodesRunOut { get; init; }

    public bool HidesInstance { get; init; }

    /// <summary>The number of the phone that scans a WhatsApp code.</summary>
    public string WhatsappPhone { get; init; } = "79001234567";

    public bool HasLostConnections { get; init; }

    public int RefusedKeys { get; init; }

    public int KeysInUse { get; init; }

    public bool IsFlooded { get; init; }

    /// <summary>When a code is scanned without anybody's doing: two seconds into the third one.</summary>
    public TimeSpan ScanAfter => (2 * QrLife) + TimeSpan.FromSeconds(2);

    /// <summary>When a WhatsApp code is scanned without anybody's doing: two seconds into a code, another one each time.</summary>
    public TimeSpan ScanAt(int scans) => (scans * QrLife) + TimeSpan.FromSeconds(2);

    /// <summary>
    /// The same, with what a magic number asks for: +7 999 000 00 02 has its first code refused, …03 has two-step verification on, for
    /// …04 the service wants no more attempts for an hour.
    /// </summary>
    public Course For(string? phone) => phone?.TrimStart('+') switch
    {
        "79990000002" => this with { RefusedCodes = Math.Max(RefusedCodes, 1) },
        "79990000003" => this with { HasTwoStep = true },
        "79990000004" => this with { IsFlooded = true },
        _ => this,
    };

    public static Course Of(World world) => All.First(course => course.Name == world.Origin.Scenario);

    public Scenario ToScenario() => new(
        Name, new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = En, ["ru"] = Ru }, Flows);
}
