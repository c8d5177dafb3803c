namespace Engine.Sdk;

/// <summary>Why an operation gave no result.</summary>
/// <param name="Code">
/// A stable snake_case word: one that the operation declares with <see cref="FailsAttribute"/>, or one of <see cref="Failures"/>.
/// </param>
/// <param name="Message">One sentence for the operator; never a secret, never the provider's raw body; not shown to the end user.</param>
/// <param name="RetryAfter">How long the provider asks to wait; null where it did not say.</param>
/// <param name="IsInDoubt">
/// True where the provider may have carried the call out all the same: a time-out, a connection that broke after the request
/// was sent, a 5xx, an answer that could not be read. False where it surely did not happen: the provider said no, or was not reached.
/// </param>
public sealed record Failure(string Code, string Message, TimeSpan? RetryAfter = null, bool IsInDoubt = false)
{
    /// <summary>The provider's own word for it, such as <c>http 429</c>; empty where there is none. Safe to log.</summary>
    public string ProviderCode { get; init; } = "";

    /// <summary>Whether the call was not made since it would have led where the provider may not connect.</summary>
    internal bool IsEgressRefused { get; init; }
}

/// <summary>The failures that any operation may end with; a flow need not declare them.</summary>
public static class Failures
{
    /// <summary>The provider asks to slow down. Waited out, no attempt is spent.</summary>
    public const string RateLimited = "rate_limited";

    /// <summary>The provider did not answer in time.</summary>
    public const string ProviderTimeout = "provider_timeout";

    /// <summary>The provider could not be reached, or says that it is out of order.</summary>
    public const string ProviderDown = "provider_down";

    /// <summary>The answer did not match the contract: HTML, a missing field, a wrong type.</summary>
    public const string ProviderChanged = "provider_changed";

    /// <summary>The key, company or address that the operator set is wrong. Not the end user's fault.</summary>
    public const string ConfigError = "config_error";

    /// <summary>It is not known whether a call that must happen once did happen.</summary>
    public const string InDoubt = "in_doubt";

    /// <summary>Only of redirects: the person came back with something else than the redirect declares.</summary>
    public const string CallbackInvalid = "callback_invalid";

    /// <summary>A mistake of the engine or the plugin.</summary>
    public const string Internal = "internal";
}
