using System.Collections.Immutable;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Runs;

/// <summary>Who must do what so that a connection works again.</summary>
public enum HealthActionKind
{
    /// <summary>Nothing but patience: it is looked at again by itself.</summary>
    Wait,

    /// <summary>The person authorizes it again: a run with the purpose reauth.</summary>
    Reauthorize,

    /// <summary>A caller with an API key says whose it is.</summary>
    Claim,

    /// <summary>The person settles something at the provider.</summary>
    SettleAtProvider,

    /// <summary>The operator sets something right.</summary>
    TellOperator,
}

/// <summary>What a connection needs, and what its person reads.</summary>
public sealed record HealthAction(HealthActionKind Kind, ImmutableDictionary<string, string> Text)
{
    /// <summary>The action that a health and its cause need; null where nothing is needed.</summary>
    public static HealthAction? Of(ConnectionHealth health, string? cause) => health switch
    {
        ConnectionHealth.Active => null,
        ConnectionHealth.Connecting => New(HealthActionKind.Wait,
            "The service is still setting this up. Nothing needs to be done.", "Сервис ещё завершает подключение. Ничего делать не нужно."),
        ConnectionHealth.Unclaimed => New(HealthActionKind.Claim,
            "This was connected at the service. It must be claimed before it can be used.",
            "Подключение начато на стороне сервиса. Его нужно принять, прежде чем использовать."),
        ConnectionHealth.Degraded when cause == Failures.ConfigError => New(HealthActionKind.TellOperator,
            "The connection to the service is not set up properly. Tell the operator.",
            "Связь с сервисом настроена неверно. Сообщите администратору."),
        ConnectionHealth.Degraded => New(HealthActionKind.Wait,
            "The service has trouble. It is tried again by itself.", "У сервиса неполадки. Проверка повторится сама."),
        ConnectionHealth.Expiring => New(HealthActionKind.Reauthorize,
            "Access ends soon. Sign in again to keep it.", "Доступ скоро закончится. Войдите ещё раз, чтобы его продлить."),
        ConnectionHealth.PendingReview => New(HealthActionKind.Wait,
            "The service is checking the account. Nothing is lost; it may take a while.",
            "Сервис проверяет аккаунт. Ничего не потеряно, это может занять время."),
        ConnectionHealth.NeedsReauth when cause == EngineTexts.WrongAccount => New(HealthActionKind.Reauthorize,
            "Another account was signed in. Sign in again with the one that was connected before.",
            "Был выполнен вход в другой аккаунт. Войдите в тот, который был подключён раньше."),
        ConnectionHealth.NeedsReauth => New(HealthActionKind.Reauthorize, "Sign in again.", "Войдите ещё раз."),
        ConnectionHealth.Suspended => New(HealthActionKind.SettleAtProvider,
            "The service has suspended this. Settle it there, for instance a payment; it is checked again by itself.",
            "Сервис приостановил подключение. Решите вопрос на его стороне, например оплатите; проверка повторится сама."),
        ConnectionHealth.Disabled => New(HealthActionKind.SettleAtProvider,
            "This was switched off at the service. Switch it on there, then sign in again.",
            "Подключение выключено на стороне сервиса. Включите его там и войдите ещё раз."),
        ConnectionHealth.Revoked => New(HealthActionKind.Reauthorize,
            "Access was withdrawn at the service. Sign in again to restore it.",
            "Доступ отозван на стороне сервиса. Войдите ещё раз, чтобы его вернуть."),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>What people read for a cause: the provider's own words where an operation declares it, otherwise the engine's.</summary>
    public static ImmutableDictionary<string, string> CauseText(string cause, Provider? provider) =>
        provider?.Operations.SelectMany(operation => operation.Failures).FirstOrDefault(failure => failure.Code == cause)?.Text
        ?? EngineTexts.TextOf(cause);

    private static HealthAction New(HealthActionKind kind, string en, string ru) =>
        new(kind, ImmutableDictionary<string, string>.Empty.Add("en", en).Add("ru", ru));
}
