using System.Collections.Immutable;
using Engine.Sdk;

namespace Engine.Flows;

/// <summary>What the end user reads when a run ends with a code: the flow's own text, else the operation's, else the engine's.</summary>
internal static class EndCodes
{
    private static readonly Dictionary<string, EndCode> Known = new[]
    {
        Code(CompiledFlow.Expired, FailureClass.User, RetryAdvice.Now, "Time is up. Please start again.", "Время вышло. Начните ещё раз."),
        Code("not_scanned", FailureClass.User, RetryAdvice.Now, "The QR code was not scanned in time.", "QR-код не отсканировали вовремя."),
        Code("qr_not_scanned", FailureClass.User, RetryAdvice.Now, "The QR code was not scanned in time.", "QR-код не отсканировали вовремя."),
        Code("wrong_password", FailureClass.User, RetryAdvice.Now, "The password was not accepted.", "Пароль не подошёл."),
        Code("wrong_code", FailureClass.User, RetryAdvice.Now, "The code was not accepted.", "Код не подошёл."),
        Code("code_expired", FailureClass.User, RetryAdvice.Now, "The code is no longer valid.", "Код больше не действует."),
        Code("too_many_attempts", FailureClass.User, RetryAdvice.After, "Too many attempts. Please try again later.", "Слишком много попыток. Попробуйте позже."),
        Code("session_lost", FailureClass.Provider, RetryAdvice.Now, "The sign-in was interrupted. Please start again.", "Вход прервался. Начните ещё раз."),
        Code("wrong_account", FailureClass.User, RetryAdvice.Now, "This is another account.", "Это другой аккаунт."),
        Code("denied_by_user", FailureClass.User, RetryAdvice.Now, "Access was declined.", "Доступ не разрешили."),
        Code("account_suspended", FailureClass.Account, RetryAdvice.Never, "The account is suspended.", "Аккаунт заблокирован."),
        Code("quota_exceeded", FailureClass.Operator, RetryAdvice.After, "No more connections are possible.", "Больше подключений создать нельзя."),
        Code(Failures.RateLimited, FailureClass.Provider, RetryAdvice.After, "The service asks to wait. Please try again later.", "Сервис просит подождать. Попробуйте позже."),
        Code(Failures.ProviderTimeout, FailureClass.Provider, RetryAdvice.After, "The service does not answer. Please try again later.", "Сервис не отвечает. Попробуйте позже."),
        Code(Failures.ProviderDown, FailureClass.Provider, RetryAdvice.After, "The service is not available. Please try again later.", "Сервис недоступен. Попробуйте позже."),
        Code(Failures.ProviderChanged, FailureClass.Provider, RetryAdvice.Never, "The service answered in an unexpected way.", "Сервис ответил неожиданным образом."),
        Code(Failures.ConfigError, FailureClass.Operator, RetryAdvice.Never, "The service is not set up correctly.", "Сервис настроен неверно."),
        Code(Failures.InDoubt, FailureClass.Provider, RetryAdvice.Never, "It is not certain whether the connection was created.", "Неизвестно, создано ли подключение."),
        Code(Failures.Internal, FailureClass.Engine, RetryAdvice.Never, "Something went wrong on our side.", "Что-то пошло не так на нашей стороне."),
    }.ToDictionary(code => code.Code, StringComparer.Ordinal);

    /// <summary>Any run may end with these, whatever its flow lists.</summary>
    private static readonly string[] Always =
    [
        CompiledFlow.Expired, Failures.RateLimited, Failures.ProviderTimeout, Failures.ProviderDown, Failures.ProviderChanged,
        Failures.ConfigError, Failures.InDoubt, Failures.Internal,
    ];

    /// <summary>The codes a flow lists, then those any run may end with.</summary>
    public static ImmutableArray<EndCode> Of(FlowDocument document, Library library)
    {
        var declared = library.Providers.SelectMany(used => used.Provider.Operations).SelectMany(operation => operation.Failures).ToList();
        var listed = document.Fails.Select(fail => Of(fail, declared.Find(failure => failure.Code == fail.Code.Value))).ToList();
        return [.. listed, .. Always.Where(code => !listed.Exists(other => other.Code == code)).Select(code => Known[code])];
    }

    private static EndCode Of(FailNode fail, DeclaredFailure? declared)
    {
        var code = Known.GetValueOrDefault(fail.Code.Value)
            ?? new EndCode(fail.Code.Value, FailureClass.User, RetryAdvice.Now, LocalText.Empty);
        if (declared is not null)
        {
            var text = declared.Text.Values.Any(one => one.Length > 0) ? new LocalText(declared.Text) : code.Text;
            code = code with { Class = declared.Class, Retry = declared.Retry, Text = text };
        }

        return fail.Text is null ? code : code with { Text = Fields.TextOf(fail.Text) };
    }

    private static EndCode Code(string code, FailureClass owner, RetryAdvice retry, string en, string ru) =>
        new(code, owner, retry, new LocalText(ImmutableDictionary.CreateRange(StringComparer.Ordinal, [new("en", en), new KeyValuePair<string, string>("ru", ru)])));
}
