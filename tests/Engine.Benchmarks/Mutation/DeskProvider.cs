using System.Collections.Immutable;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Benchmarks;

#pragma warning disable MA0048 // The records of one plugin, which stand together.

public sealed record OpenDevice(string Scope, DeviceKind Kind = DeviceKind.Phone);

public enum DeviceKind
{
    Unknown,
    Phone,
    Desktop,
}

/// <summary>A sign-in by a code typed on another device.</summary>
public sealed record Device(Secret Handle, ShowOnce UserCode, string Page, DateTimeOffset Expires, TimeSpan Pace);

public sealed record AskGrant(Secret Handle);

public sealed record Grant(GrantStatus Status, Secret? Token, int? RotationsLeft);

public enum GrantStatus
{
    Unknown,
    Pending,
    Granted,
    Denied,
}

public sealed record FindAccount(Secret Token);

public sealed record Account(string Id, string? Email, AccountPlan Plan, IReadOnlyList<Team> Teams, bool Verified);

public enum AccountPlan
{
    Unknown,
    Free,
    Paid,
    Suspended,
}

public sealed record Team(int Id, string Name, bool Admin);

public sealed record AddHook(Secret Token, string Address, int? TeamId = null, TimeSpan? Life = null, bool Active = true);

public sealed record Hook(int Id, HookState State);

public enum HookState
{
    Unknown,
    Active,
    Paused,
}

public sealed record RemoveHook(Secret Token, int Id);

public sealed record Removed(bool Found);

public sealed record AskConsent(string Scope);

/// <summary>What a person comes back with from Desk's own page.</summary>
public sealed record Consented(Secret Token, string? Region);

/// <summary>What Desk calls with when a device was paired.</summary>
public sealed record Paired(Secret Token, PairedBy By);

public enum PairedBy
{
    Unknown,
    Phone,
    Desktop,
}

public sealed record SignIn(string Login, Secret Password, string? Otp = null);

/// <summary>The plugin that the flows of the corpus call besides Radist; its operations are never called.</summary>
internal static class DeskProvider
{
    private static readonly string AssemblyName = typeof(Device).Assembly.GetName().Name ?? "";

    public static Provider Provider { get; } = new("desk", new string('0', 64), AssemblyName, [.. File.ReadAllBytes(typeof(Device).Assembly.Location)],
    [
        Operation<OpenDevice, Device>("open_device", Effect.Idempotent, creates: false, Fails("scope_refused")),
        Operation<AskGrant, Grant>("ask_grant", Effect.Safe, creates: false, Fails("handle_expired")),
        Operation<SignIn, Grant>("sign_in", Effect.Safe, creates: false, Fails("wrong_login"), Fails("wrong_otp", "otp"), Fails("locked")),
        Operation<FindAccount, Account>("find_account", Effect.Safe, creates: false, Fails("token_refused")),
        Operation<AddHook, Hook>("add_hook", Effect.Once, creates: true, Fails("hook_limit")),
        Operation<FindAccount, Hook>("find_hook", Effect.Safe, creates: false),
        Operation<RemoveHook, Removed>("remove_hook", Effect.Idempotent, creates: false),
    ])
    {
        Redirects =
        [
            new Redirect(
                "consent", typeof(AskConsent).FullName ?? "", typeof(Consented).FullName ?? "", true, [Fails("denied")],
                ImmutableDictionary<string, string>.Empty.Add("access_denied", "denied")),
        ],
        Hooks = [new Engine.Flows.Hook("paired", typeof(Paired).FullName ?? "", false)],
    };

    private static Operation Operation<TInput, TOutput>(string name, Effect effect, bool creates, params DeclaredFailure[] failures) =>
        new(name, typeof(TInput).FullName ?? "", typeof(TOutput).FullName ?? "", effect, creates, [.. failures]);

    private static DeclaredFailure Fails(string code, string? when = null) =>
        new(code, when, FailureClass.User, RetryAdvice.Now, ImmutableDictionary<string, string>.Empty.Add("en", code).Add("ru", code));
}
