using System.Collections.Immutable;
using System.Reflection;
using Engine.Flows;
using Engine.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Engine.Tests.Flows.Compiling;

/// <summary>A plugin with the operations that the flows of these tests call, compiled from source once.</summary>
internal static class RadistLookalike
{
    private const string Source = """
        #nullable enable
        using System;
        using System.Collections.Generic;
        using Engine.Sdk;
        namespace Radist;
        public enum SessionStatus { Unknown, WaitingForQr, WaitingForCode, WaitingForPassword, Authenticated }
        public enum OtherStatus { Unknown, WaitingForPassword, Done }
        public enum AuthType { Qr, Code }
        public enum ConnectionType { Telegram, Whatsapp }
        public sealed record TelegramInit(AuthType AuthType, string? Phone = null, int? ConnectionId = null);
        public sealed record QrLogin(ShowOnce Url, DateTimeOffset Expires);
        public sealed record TelegramSession(Secret SessionId, SessionStatus Status, QrLogin? QrLogin);
        public sealed record TelegramLogin(Secret SessionId, string? Code, Secret? Password);
        public sealed record CreateConnection(ConnectionType Type, string Name, Secret SessionId);
        public sealed record FindConnection(Secret SessionId);
        public sealed record CreatedConnection(int Id);
        public sealed record Nothing;
        public sealed record Device(string Name, bool Trusted, int Age);
        public sealed record Listing(
            string Name, string? Note, int Count, long Total, decimal Price, double Share, bool Ready, TimeSpan Left, DateTimeOffset At, DateTimeOffset? Until,
            SessionStatus Status, OtherStatus Other, SessionStatus? Maybe, IReadOnlyList<Device> Devices, IReadOnlyList<string> Names, Uri? Page,
            Guid Key, Secret Token, ShowOnce Pairing, string QRUrl, object Anything, Dictionary<string, string> Map, Device First, Device? Last);
        public sealed record Remove { public required int Id { get; init; } public string? Reason { get; init; } public TimeSpan Wait { get; init; } }
        """;

    private static readonly Lazy<(ImmutableArray<byte> Image, Assembly Assembly)> Built = new(Build);

    public static ImmutableArray<byte> Image => Built.Value.Image;

    public static Assembly Assembly => Built.Value.Assembly;

    public static Catalog Catalog { get; } = new([new Provider("radist", "build-1", "Radist", Image,
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
        "Radist" => Assembly,
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

    private static (ImmutableArray<byte> Image, Assembly Assembly) Build()
    {
        var paths = ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator);
        var references = paths.Where(path => Path.GetFileName(path) is "System.Runtime.dll" or "System.Private.CoreLib.dll" or "System.Collections.dll" or "System.Private.Uri.dll")
            .Append(typeof(Secret).Assembly.Location).Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "Radist", [CSharpSyntaxTree.ParseText(Source)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        if (!result.Success) throw new InvalidOperationException(string.Join('\n', result.Diagnostics));
        return ([.. stream.ToArray()], Assembly.Load(stream.ToArray()));
    }
}
