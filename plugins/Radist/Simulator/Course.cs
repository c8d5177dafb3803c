using System.Collections.Immutable;
using Engine.Sandbox;

namespace Radist.Simulator;

/// <summary>How one scenario goes; the defaults are a provider where all goes well and a person who scans by himself.</summary>
internal sealed record Course(string Name, string En, string Ru)
{
    private const string QrFlow = "telegram-qr";
    private const string CodeFlow = "telegram-code";

    /// <summary>All of them; the first is the default.</summary>
    public static ImmutableArray<Course> All { get; } =
    [
        new("scan",
            $"All goes well: scans by itself after two QR codes; a typed code is {Phone.Code}; no password",
            $"Всё хорошо: сканирует сам после двух QR-кодов; код для ввода — {Phone.Code}; пароля нет"),
        new("manual", "Nothing happens by itself: use the simulated phone", "Само ничего не происходит: управляйте телефоном")
        {
            ScansByItself = false,
            QrLife = TimeSpan.FromSeconds(30),
        },
        new("two-step", $"Scans by itself, then asks for the password: {Phone.Password}", $"Сканирует сам, затем нужен пароль: {Phone.Password}")
        {
            HasTwoStep = true,
        },
        new("two-step-off", "Scans by itself; two-step verification is off", "Сканирует сам; двухэтапная аутентификация выключена"),
        new("wrong-password-twice",
            $"Refuses two passwords whatever they are; then the right one is {Phone.Password}",
            $"Дважды отвергает любой пароль; затем верен {Phone.Password}")
        {
            HasTwoStep = true,
            RefusedPasswords = 2,
        },
        new("status-again",
            $"Tells a wrong code or password by the same status again; right are {Phone.Code} and {Phone.Password}",
            $"О неверном коде или пароле сообщает прежним статусом; верны {Phone.Code} и {Phone.Password}")
        {
            HasTwoStep = true,
            RefusesByStatus = true,
        },
        new("wrong-code", $"Refuses the first code whatever it is; then {Phone.Code} is right", $"Отвергает первый код; затем верен {Phone.Code}")
        {
            RefusedCodes = 1,
            Flows = [CodeFlow],
        },
        new("code-expired", $"The first code has expired; ask for a new one, {Phone.Code}", $"Первый код истёк; запросите новый, {Phone.Code}")
        {
            FirstCodeIsExpired = true,
            Flows = [CodeFlow],
        },
        new("not-scanned", "Nobody ever scans", "Никто не сканирует код")
        {
            ScansByItself = false,
            Flows = [QrFlow],
        },
        new("fast-rotation", "The QR code changes every 3 seconds", "QR-код меняется каждые 3 секунды")
        {
            QrLife = TimeSpan.FromSeconds(3),
            Flows = [QrFlow],
        },
        new("unknown-status", "After the scan, a status that nobody knows for 6 seconds", "После сканирования 6 секунд неизвестный статус")
        {
            HasUnknownStatus = true,
        },
        new("session-lost", "The first session is lost; the next one is fine", "Первый сеанс теряется; следующий исправен")
        {
            LosesFirstSession = true,
        },
        new("rate-limited", "Every third call, and the first creation, is answered with 429", "На каждый третий вызов и первое создание — ответ 429")
        {
            LimitsRate = true,
        },
        new("unavailable", "Every third session call is answered with 503", "На каждый третий вызов сеанса — ответ 503") { IsUnavailable = true },
        new("slow", "Every answer takes 3 seconds", "Каждый ответ занимает 3 секунды") { Delay = TimeSpan.FromSeconds(3) },
        new("create-lost", "The connection is created, and the answer is lost", "Подключение создано, но ответ потерян") { LosesCreateAnswer = true },
        new("create-fails", "Creation ends with 500 and nothing is created", "Создание завершается ошибкой 500, ничего не создано") { FailsCreate = true },
        new("html", "Answers with a web page instead of JSON", "Отвечает веб-страницей вместо JSON") { AnswersHtml = true },
        new("unauthorized", "Refuses the API key with 401", "Отвергает ключ API: 401") { RefusesKey = true },
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

    /// <summary>When a code is scanned without anybody's doing: two seconds into the third one.</summary>
    public TimeSpan ScanAfter => (2 * QrLife) + TimeSpan.FromSeconds(2);

    public static Course Of(World world) => All.First(course => course.Name == world.Origin.Scenario);

    public Scenario ToScenario() => new(
        Name, new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = En, ["ru"] = Ru }, Flows);
}
