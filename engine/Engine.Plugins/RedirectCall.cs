using System.Reflection;
using Engine.Sdk;

namespace Engine.Plugins;

/// <summary>One redirect: asks the plugin for the address, and reads what the person came back with.</summary>
internal sealed class RedirectCall(string provider, RedirectMethod redirect)
{
    private const int ValueLimit = 4096;

    private readonly string label = $"{provider}.{redirect.Redirect.Name}";

    /// <summary>The address of the provider's page; <see cref="Failures.Internal"/> where the plugin gives none that can be used.</summary>
    public Result<Uri> FindAddress(object instance, object input, RedirectVisit visit)
    {
        try
        {
            return redirect.Method.Invoke(instance, [input, visit]) is Uri { IsAbsoluteUri: true, Scheme: "http" or "https" } address
                && address.UserInfo.Length == 0
                    ? address
                    : new Failure(Failures.Internal, $"{label}: the plugin gave no http or https address without user name");
        }
        catch (TargetInvocationException error)
        {
            return new Failure(Failures.Internal, $"{label}: the plugin threw {PluginBuild.TypeOf(error)}");
        }
    }

    /// <summary>The record that the person came back with, or the failure that the provider's words mean.</summary>
    /// <param name="query">As it arrived, decoded; nothing of it reaches a text.</param>
    /// <param name="issuer">The issuer that the operator's settings name; null where the redirect declares none.</param>
    public Result<object> Read(
        IReadOnlyList<KeyValuePair<string, string>> query, Secret? verifier, Uri returnUrl, string? issuer)
    {
        if (query.GroupBy(pair => pair.Key, StringComparer.Ordinal).Any(group => group.Count() > 1)) return Bad("a value came twice");
        if (query.Any(pair => pair.Key.Length > ValueLimit || pair.Value.Length > ValueLimit || pair.Value.Any(char.IsControl)))
        {
            return Bad("a value is too long, or has control characters");
        }

        var values = query.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        if (redirect.Issuer is not null && (issuer is null || values.GetValueOrDefault("iss") != issuer))
        {
            return Bad("'iss' is not the issuer that the settings name (RFC 9207)");
        }

        if (values.TryGetValue("error", out var error)) return FailureOf(error);
        var (record, problem) = ReturnBinder.Bind(redirect.Output, values, verifier, returnUrl);

        // Statements, since the arms of one expression would share the type object, and a failure would pass for a record.
        if (record is null) return Bad(problem ?? "it cannot be read");
        return record;
    }

    /// <summary>The issuer among the settings; null where the redirect declares none.</summary>
    public string? FindIssuer(object? settings) => redirect.Issuer?.GetValue(settings) switch
    {
        Uri uri => uri.OriginalString,
        var other => other as string,
    };

    private Failure FailureOf(string error)
    {
        if (redirect.Redirect.Errors.TryGetValue(error, out var code)) return new Failure(code, $"{label}: the provider said no");
        if (redirect.Redirect.Errors.TryGetValue("*", out var any)) return new Failure(any, $"{label}: the provider said no, in a word of its own");
        return error switch
        {
            // RFC 6749, 4.1.2.1
            "server_error" or "temporarily_unavailable" => new Failure(Failures.ProviderDown, $"{label}: the provider is out of order"),
            "invalid_request" or "invalid_scope" or "unauthorized_client" or "unsupported_response_type" =>
                new Failure(Failures.ConfigError, $"{label}: the provider does not accept the request ({error})"),
            _ => Bad("the provider gave an error that the redirect does not declare"),
        };
    }

    private Failure Bad(string what) => new(Failures.CallbackInvalid, $"{label}: {what}");
}
