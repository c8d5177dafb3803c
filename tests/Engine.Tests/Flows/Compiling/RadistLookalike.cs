using System.Collections.Immutable;
using System.Reflection;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Tests.Flows.Compiling;

/// <summary>A plugin with the operations that the flows of these tests call, declared in this assembly.</summary>
internal static class RadistLookalike
{
    public static Assembly Assembly => typeof(Radist.TelegramSession).Assembly;

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
        Operation("remove", "Remove", "Nothing", Effect.Idempotent, creates: false),
    ])]);

    public static Assembly? Find(string name) => name switch
    {
        "Engine.Tests" => Assembly,
        "Engine.Sdk" => typeof(Secret).Assembly,
        _ => null,
    };

    public static object New(string type, params object?[] arguments) =>
        Activator.CreateInstance(Type(type), arguments) ?? throw new InvalidOperationException(type);

    public static object Member(string type, string name) => Enum.Parse(Type(type), name);

    public static object Session(string status, string? url = null) => New(
        "TelegramSession", new Secret("session-1"), Member("SessionStatus", status),
        url is null ? null : New("QrLogin", new ShowOnce(url), DateTimeOffset.UnixEpoch));

    private static Type Type(string name) => Assembly.GetType("Radist." + name, throwOnError: true)!;

    private static Operation Operation(
        string name, string input, string output, Effect effect, bool creates, params DeclaredFailure[] failures) =>
        new(name, "Radist." + input, "Radist." + output, effect, creates, [.. failures]);

    private static DeclaredFailure Fails(string code, string? when = null, RetryAdvice advice = RetryAdvice.Never) =>
        new(code, when, FailureClass.User, advice, ImmutableDictionary<string, string>.Empty.Add("en", code).Add("ru", code));
}
