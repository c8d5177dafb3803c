using System.Globalization;
using Engine.Flows;
using Engine.Runs;

namespace Engine.Host;

/// <summary>Every sentence that <c>engine run</c> says of itself, in one language. <c>{0}</c> is explained by the sentence.</summary>
internal sealed record Phrases
{
    // In the order in which they override one another (POSIX, Environment Variables, 8.2).
    private static readonly string[] localeVariables = ["LC_ALL", "LC_MESSAGES", "LANG"];

    public required string Language { get; init; }

    public required string Begun { get; init; }

    public required string Phone { get; init; }

    public required string Page { get; init; }

    public required string Working { get; init; }

    public required string Checking { get; init; }

    public required string Waiting { get; init; }

    public required string ValidFor { get; init; }

    public required string Refreshing { get; init; }

    public required string Seconds { get; init; }

    public required string TimeLeft { get; init; }

    public required string RotationsLeft { get; init; }

    public required string Code { get; init; }

    public required string Open { get; init; }

    public required string Picture { get; init; }

    public required string WindowTooSmall { get; init; }

    public required string TooLongToDraw { get; init; }

    public required string Optional { get; init; }

    public required string YesOrNo { get; init; }

    public required string PressEnter { get; init; }

    public required string Submit { get; init; }

    public required string NotYet { get; init; }

    public required string TooSoon { get; init; }

    public required string NoSuchChoice { get; init; }

    public required string HowToStop { get; init; }

    public required string Stopping { get; init; }

    public required string Connected { get; init; }

    public required string Reauthorized { get; init; }

    public required string Reconfigured { get; init; }

    public required string Done { get; init; }

    public required string Connection { get; init; }

    public required string NotConnected { get; init; }

    public required string Cancelled { get; init; }

    public required string Expired { get; init; }

    public required string HowItEnded { get; init; }

    public required string NoAnswer { get; init; }

    public required string AnswerRefused { get; init; }

    public static Phrases English { get; } = new()
    {
        Language = "en",
        Begun = "{0} · run {1}",
        Phone = "The simulated phone: {0}",
        Page = "Open this in your browser and go on there: {0}",
        Working = "One moment…",
        Checking = "Checking…",
        Waiting = "Waiting…",
        ValidFor = "Valid for {0}",
        Refreshing = "This code is no longer valid. Getting a new one…",
        Seconds = "{0} s",
        TimeLeft = "{0} left",
        RotationsLeft = "New codes left: {0}",
        Code = "Your code: {0}",
        Open = "Open: {0}",
        Picture = "There is a picture to look at, which a terminal cannot show; use the page instead.",
        WindowTooSmall = "The QR code needs {0} columns and {1} lines. Make the window larger, or the letters smaller.",
        TooLongToDraw = "The provider's code is too long for a QR code.",
        Optional = "optional",
        YesOrNo = "y/n",
        PressEnter = "Press Enter: {0}",
        Submit = "Continue",
        NotYet = "in a while",
        TooSoon = "'{0}' can be chosen in {1}.",
        NoSuchChoice = "'{0}' is not one of the choices.",
        HowToStop = "Ctrl-C stops it.",
        Stopping = "Stopping; what was begun is taken back. Ctrl-C again quits at once.",
        Connected = "{0}: connected.",
        Reauthorized = "{0}: signed in again.",
        Reconfigured = "{0}: changed.",
        Done = "{0}: done.",
        Connection = "Connection: {0}",
        NotConnected = "Not connected: {0}",
        Cancelled = "Stopped. Nothing was connected.",
        Expired = "Time is up. Nothing was connected.",
        HowItEnded = "Code: {0} · step: {1} · run: {2}",
        NoAnswer = "Nobody is there to answer '{0}'. Give the answer with --answer {0}=…, or run it in a terminal.",
        AnswerRefused = "The answer to '{0}' cannot be taken: {1}",
    };

    public static Phrases Russian { get; } = new()
    {
        Language = "ru",
        Begun = "{0} · запуск {1}",
        Phone = "Симулятор телефона: {0}",
        Page = "Откройте в браузере и продолжите там: {0}",
        Working = "Минутку…",
        Checking = "Проверяем…",
        Waiting = "Ждём…",
        ValidFor = "Действует ещё {0}",
        Refreshing = "Этот код больше не действует. Получаем новый…",
        Seconds = "{0} с",
        TimeLeft = "осталось {0}",
        RotationsLeft = "Осталось новых кодов: {0}",
        Code = "Ваш код: {0}",
        Open = "Откройте: {0}",
        Picture = "Нужно посмотреть на картинку, терминал её не покажет; воспользуйтесь страницей.",
        WindowTooSmall = "QR-коду нужно столбцов: {0}, строк: {1}. Увеличьте окно или уменьшите шрифт.",
        TooLongToDraw = "Код сервиса слишком длинный для QR-кода.",
        Optional = "необязательно",
        YesOrNo = "д/н",
        PressEnter = "Нажмите Enter: {0}",
        Submit = "Продолжить",
        NotYet = "чуть позже",
        TooSoon = "«{0}» можно выбрать через {1}.",
        NoSuchChoice = "Такого варианта нет: «{0}».",
        HowToStop = "Прекратить: Ctrl-C.",
        Stopping = "Прекращаем; начатое отменяется. Ctrl-C ещё раз — выйти сразу.",
        Connected = "{0}: подключено.",
        Reauthorized = "{0}: вход выполнен заново.",
        Reconfigured = "{0}: изменено.",
        Done = "{0}: готово.",
        Connection = "Подключение: {0}",
        NotConnected = "Не подключено: {0}",
        Cancelled = "Остановлено. Ничего не подключено.",
        Expired = "Время вышло. Ничего не подключено.",
        HowItEnded = "Код: {0} · шаг: {1} · запуск: {2}",
        NoAnswer = "На вопрос «{0}» некому ответить. Укажите ответ: --answer {0}=…, или запустите в терминале.",
        AnswerRefused = "Ответ на «{0}» не подходит: {1}",
    };

    public static Phrases In(string language) => language == "ru" ? Russian : English;

    /// <summary>A sentence in every language.</summary>
    public static IReadOnlyDictionary<string, string> InAll(Func<Phrases, string> sentence) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [English.Language] = sentence(English),
        [Russian.Language] = sentence(Russian),
    };

    /// <summary>Russian where the environment's language is, else English.</summary>
    public static string LanguageOfProcess() =>
        localeVariables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => value is { Length: > 0 })
            is { } locale && locale.StartsWith("ru", StringComparison.OrdinalIgnoreCase) ? "ru" : "en";

    public static string Fill(string sentence, params object?[] values) => string.Format(CultureInfo.InvariantCulture, sentence, values);

    /// <summary>The text in this language, else in English, else in any; harmless to a terminal. Empty where there is none.</summary>
    public string Pick(IReadOnlyDictionary<string, string> byLanguage) => Display.Harmless(
        byLanguage.GetValueOrDefault(Language) ?? byLanguage.GetValueOrDefault("en") ?? byLanguage.Values.FirstOrDefault() ?? "");

    /// <summary>Such as <c>27 s</c> or <c>4:59</c>; a begun second counts.</summary>
    public string Duration(TimeSpan left)
    {
        var seconds = (int)Math.Ceiling(left.TotalSeconds);
        return seconds < 100 ? Fill(Seconds, seconds) : string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}:{seconds % 60:00}");
    }

    /// <summary>What the run's end says to its person.</summary>
    public string EndOf(StoredRun run, string title) => run.Status switch
    {
        RunStatus.Succeeded => Fill(run.Connection is null ? Done : SucceededFor(run.Purpose), title),
        RunStatus.Cancelled => Cancelled,
        RunStatus.Expired => Expired,
        _ => Fill(NotConnected, run.Exit is { } exit && Pick(exit.Text) is { Length: > 0 } text ? text : run.Exit?.Code),
    };

    private string SucceededFor(Purpose purpose) => purpose switch
    {
        Purpose.Connect => Connected,
        Purpose.Reauth => Reauthorized,
        Purpose.Reconfigure => Reconfigured,
    };
}
