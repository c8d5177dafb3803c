using System.Collections.Frozen;
using System.Collections.Immutable;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Runs;

/// <summary>The engine's own codes and what the end user reads for them. A flow's own text for the same code comes first.</summary>
public static class EngineTexts
{
    public const string Succeeded = "succeeded";
    public const string Cancelled = "cancelled";
    public const string Expired = "expired";
    public const string RunExpired = "run_expired";
    public const string TooManyAttempts = "too_many_attempts";
    public const string WrongAccount = "wrong_account";
    public const string AlreadyConnected = "already_connected";

    /// <summary>Said when an action is taken that is not there, or not yet.</summary>
    public const string NotNow = "not_now";

    private static readonly FrozenDictionary<string, ImmutableDictionary<string, string>> Codes = Table(
        ("invalid_input", "That was not accepted. Check it and try again.", "Это не подошло. Проверьте и попробуйте ещё раз."),
        ("invalid_credentials", "The password is not right. Try again.", "Пароль не подошёл. Попробуйте ещё раз."),
        ("invalid_code", "The code is not right. Try again.", "Код не подошёл. Попробуйте ещё раз."),
        ("code_expired", "The code is no longer valid.", "Срок действия кода истёк."),
        (TooManyAttempts, "There were too many attempts. Start again later.", "Слишком много попыток. Начните заново позже."),
        (Failures.RateLimited, "The service asks to wait. Try again a little later.", "Сервис просит подождать. Попробуйте немного позже."),
        ("qr_expired", "The QR code is no longer valid.", "Срок действия QR-кода истёк."),
        ("not_scanned", "The code was not scanned in time. Start again.", "Код не отсканировали вовремя. Начните заново."),
        ("password_required", "A password is needed.", "Нужен пароль."),
        (WrongAccount, "This is another account. Sign in with the one that was connected before.",
            "Это другой аккаунт. Войдите в тот, который был подключён раньше."),
        (AlreadyConnected, "This account is connected already.", "Этот аккаунт уже подключён."),
        ("denied_by_user", "Access was not granted.", "Доступ не был предоставлен."),
        ("insufficient_scope", "Not all the rights that are needed were granted.", "Предоставлены не все нужные права."),
        ("account_locked", "The account is locked at the service.", "Аккаунт заблокирован сервисом."),
        ("account_action_required", "The service asks you to do something in your account first.",
            "Сервис просит сначала выполнить действие в вашем аккаунте."),
        ("account_suspended", "The account is suspended at the service.", "Аккаунт приостановлен сервисом."),
        ("not_paid", "The connection is stored, and does not work until it is paid for at the service.",
            "Подключение сохранено, но не будет работать, пока его не оплатят в сервисе."),
        ("pending_review", "The service is checking the account. This may take a while.", "Сервис проверяет аккаунт. Это может занять время."),
        (Failures.ProviderDown, "The service does not answer just now. Try again in a minute.",
            "Сервис сейчас не отвечает. Попробуйте через минуту."),
        (Failures.ProviderTimeout, "The service took too long to answer. Try again in a minute.",
            "Сервис слишком долго не отвечал. Попробуйте через минуту."),
        (Failures.ProviderChanged, "The service answered in an unexpected way. We have to look into it.",
            "Сервис ответил неожиданным образом. Нам нужно разобраться."),
        ("client_unsupported", "This device or browser cannot do what the service asks for.",
            "Это устройство или браузер не умеет того, что требует сервис."),
        ("callback_invalid", "The way back from the service did not fit this sign-in. Start again.",
            "Возврат от сервиса не подошёл к этому входу. Начните заново."),
        ("callback_replayed", "This way back from the service was used before. Start again.",
            "Этот возврат от сервиса уже использован. Начните заново."),
        ("link_expired", "The link is no longer valid.", "Срок действия ссылки истёк."),
        ("link_used", "The link was used before.", "Ссылка уже использована."),
        (RunExpired, "The time for connecting is over. Start again.", "Время подключения истекло. Начните заново."),
        (Expired, "The time is over. Start again.", "Время истекло. Начните заново."),
        (Cancelled, "Connecting was cancelled.", "Подключение отменено."),
        ("quota_exceeded", "The limit at the service is used up.", "Лимит на стороне сервиса исчерпан."),
        (Failures.ConfigError, "The connection to the service is not set up properly. This is not your fault; tell the operator.",
            "Связь с сервисом настроена неверно. Это не ваша ошибка; сообщите администратору."),
        (Failures.InDoubt, "It is not known whether the service carried this out. Do not repeat it; tell the operator.",
            "Неизвестно, выполнил ли сервис это действие. Не повторяйте его; сообщите администратору."),
        (Failures.Internal, "Something went wrong on our side. We have to look into it.", "Что-то сломалось у нас. Нам нужно разобраться."),
        (HealthRules.AccessEnds, "Access ends soon.", "Доступ скоро закончится."),
        (HealthRules.AccessEnded, "Access has ended.", "Срок доступа закончился."),
        (HealthRules.RefreshRefused, "The service no longer renews the access.", "Сервис больше не продлевает доступ."),
        (HealthRules.RefreshOutcomeUnknown, "Access was lost while it was being renewed.", "Доступ потерян во время продления."),
        (NotNow, "That is not possible yet. Try again a little later.", "Пока это невозможно. Попробуйте немного позже."));

    private static readonly FrozenDictionary<string, ImmutableDictionary<string, string>> Fields = Table(
        ("required", "This is needed.", "Это нужно заполнить."),
        ("too_long", "This is too long.", "Это слишком длинно."),
        ("unknown_field", "There is no such field.", "Такого поля нет."),
        ("pattern", "This does not have the expected form.", "Формат не подходит."),
        ("not_a_text", "This holds characters that cannot be used.", "Здесь есть недопустимые символы."),
        ("not_a_secret", "This holds characters that cannot be used.", "Здесь есть недопустимые символы."),
        ("not_a_phone", "This is not a phone number. Write it with the country code, like +79001234567.",
            "Это не номер телефона. Укажите его с кодом страны, например +79001234567."),
        ("not_a_code", "A code has only digits.", "Код состоит только из цифр."),
        ("not_a_url", "This is not a web address. It begins with https://.", "Это не веб-адрес. Он начинается с https://."),
        ("not_a_number", "This is not a whole number.", "Это не целое число."),
        ("not_a_boolean", "Choose yes or no.", "Выберите да или нет."),
        ("not_a_select", "Choose one of the options.", "Выберите один из вариантов."));

    private static readonly ImmutableDictionary<string, string> Unnamed =
        Text("Connecting did not succeed.", "Подключить не удалось.");

    private static readonly ImmutableDictionary<string, string> Troubled = Text(
        "The service has trouble at the moment. Connecting may take longer, or fail.",
        "У сервиса сейчас неполадки. Подключение может занять больше времени или не получиться.");

    private static readonly ImmutableDictionary<string, string> Down = Text(
        "The service is not available at the moment. Try again later.", "Сервис сейчас недоступен. Попробуйте позже.");

    /// <summary>The label of a button that the flow gives none.</summary>
    public static ImmutableDictionary<string, string> Continue { get; } = Text("Continue", "Продолжить");

    /// <summary>What is said before a person goes to a provider's page, where the flow says nothing.</summary>
    public static ImmutableDictionary<string, string> GoToProvider { get; } =
        Text("You go on at the service's own page and come back here.", "Дальше откроется страница сервиса, потом вы вернётесь сюда.");

    /// <summary>What the end user reads for a code: the flow's own text, the engine's, or one that fits all.</summary>
    public static ImmutableDictionary<string, string> TextOf(CompiledFlow flow, string code) => OwnText(flow, code) ?? TextOf(code);

    /// <summary>What the end user reads for one of the engine's codes.</summary>
    public static ImmutableDictionary<string, string> TextOf(string code) => Codes.GetValueOrDefault(code, Unnamed);

    /// <summary>What persons read while a provider is in trouble, where the operator gives no words of their own.</summary>
    public static ImmutableDictionary<string, string> TextOf(ProviderTrouble trouble) => trouble switch
    {
        ProviderTrouble.Degraded => Troubled,
        ProviderTrouble.Down => Down,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>What is wrong with a field's value.</summary>
    public static ImmutableDictionary<string, string> FieldText(string code) => Fields.GetValueOrDefault(code, Unnamed);

    /// <summary>What a refused answer is called when the provider names no failure.</summary>
    public static string RefusalCode(IReadOnlyList<Field> fields) => fields switch
    {
        [{ Type: FieldType.Code }] => "invalid_code",
        [{ Type: FieldType.Secret }] => "invalid_credentials",
        _ => "invalid_input",
    };

    /// <summary>What the end user reads above a form whose answer was refused, where neither the flow nor the operation says it.</summary>
    public static ImmutableDictionary<string, string> RefusalOf(CompiledFlow flow, string code, IReadOnlyList<Field> fields) =>
        OwnText(flow, code) ?? Codes.GetValueOrDefault(code) ?? TextOf(RefusalCode(fields));

    private static ImmutableDictionary<string, string>? OwnText(CompiledFlow flow, string code) =>
        flow.Fails.FirstOrDefault(end => end.Code == code) is { Text.ByLanguage: { IsEmpty: false } own } ? own : null;

    private static FrozenDictionary<string, ImmutableDictionary<string, string>> Table(params (string Code, string En, string Ru)[] rows) =>
        rows.ToFrozenDictionary(row => row.Code, row => Text(row.En, row.Ru));

    private static ImmutableDictionary<string, string> Text(string en, string ru) =>
        ImmutableDictionary<string, string>.Empty.Add("en", en).Add("ru", ru);
}
