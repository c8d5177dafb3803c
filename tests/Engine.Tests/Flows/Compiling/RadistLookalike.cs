using System.Collections.Immutable;
using System.Reflection;
using Engine.Flows;
using Engine.Sdk;
using Engine.Tests.Lookalike;

namespace Engine.Tests;

/// <summary>A plugin with the operations that the flows of these tests call, declared in this assembly.</summary>
internal static class RadistLookalike
{
    public static Assembly Assembly => typeof(TelegramSession).Assembly;

    public static ImmutableArray<byte> Image { get; } = [.. File.ReadAllBytes(Assembly.Location)];

    public static Catalog Catalog { get; } = new([new Provider("radist", "build-1", "Engine.Tests", Image,
    [
        Operation("telegram_init", "TelegramInit", "TelegramSession", Effect.Idempotent, creates: true),
        Operation("telegram_login", "TelegramLogin", "TelegramSession", Effect.Safe, creates: false,
            Fails("session_lost"), Fails("wrong_code", "code"), Fails("code_expired", "code"), Fails("wrong_password", "password")),
        Operation("create_connection", "CreateConnection", "CreatedConnection", Effect.Once, creates: true),
        Operation("find_connection", "FindConnection", "CreatedConnection", Effect.Safe, creates: false, Fails("not_found")),
        Operation("list", "Nothing", "Listing", Effect.Safe, creates: false),
        Operation("busy", "Nothing", "Listing", Effect.Safe, creates: false, Fails("later", advice: RetryAdvice.After)),
        Operation("keep", "Keep", "Nothing", Effect.Safe, creates: false),
        Operation("remove", "Remove", "Nothing", Effect.Idempotent, creates: false),
    ])
    {
        Redirects =
        [
            new Redirect(
                "consent", "Engine.Tests.Lookalike.Nothing", "Engine.Tests.Lookalike.CreatedConnection", true, [Fails("denied")],
                ImmutableDictionary<string, string>.Empty.Add("access_denied", "denied")),
        ],
        Hooks =
        [
            new Hook("event", "Engine.Tests.Lookalike.CreatedConnection", false),
            new Hook("installed", "Engine.Tests.Lookalike.CreatedConnection", true),
        ],
    }, Vault]);

    /// <summary>A provider whose connections have credentials.</summary>
    public static Provider Vault => new("vault", "build-1", "Engine.Tests", Image, [Operation("list", "Nothing", "Listing", Effect.Safe, creates: false)])
    {
        CredentialsType = "Engine.Tests.Lookalike.VaultTokens",
    };

    /// <summary>With the failure that the shipped plugin declares and the shipped flows handle.</summary>
    public static Catalog CatalogForShippedFlows { get; } = new([.. Catalog.Providers.Select(provider => provider with
    {
        Operations = [.. provider.Operations.Select(operation => operation.Name == "telegram_init"
            ? operation with { Failures = [Fails("phone_refused", "phone"), Fails("connection_gone", "connection_id")] }
            : operation)],
    })]);

    public static Assembly? Find(string name) => name switch
    {
        "Engine.Tests" => Assembly,
        "Engine.Sdk" => typeof(Secret).Assembly,
        _ => null,
    };

    public static TelegramSession Session(SessionStatus status, string? url = null) => new(
        new Secret("session-1"), status, url is null ? null : new QrLogin(new ShowOnce(url), DateTimeOffset.UnixEpoch));

    public static Listing Listing() => new(
        "desk", null, 7, 8, 2.5m, 0.25, true, TimeSpan.FromSeconds(90), DateTimeOffset.UnixEpoch, null, SessionStatus.WaitingForPassword,
        OtherStatus.Done, null, [new Device("new", true, 5), new Device("old", false, 1)], ["a", "b"], null, Guid.Empty, new Secret("t"),
        new ShowOnce("p"), "tg://x", 1, [], new Device("new", true, 5), null);

    private static Operation Operation(
        string name, string input, string output, Effect effect, bool creates, params DeclaredFailure[] failures) =>
        new(name, "Engine.Tests.Lookalike." + input, "Engine.Tests.Lookalike." + output, effect, creates, [.. failures]);

    private static DeclaredFailure Fails(string code, string? when = null, RetryAdvice advice = RetryAdvice.Never) =>
        new(code, when, FailureClass.User, advice, ImmutableDictionary<string, string>.Empty.Add("en", code).Add("ru", code));
}
