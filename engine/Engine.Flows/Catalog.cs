using System.Collections.Immutable;
using Engine.Sdk;

namespace Engine.Flows;

/// <summary>What flows may call: the providers at hand, as data. Made from plugin metadata without running plugin code.</summary>
public sealed record Catalog(ImmutableArray<Provider> Providers)
{
    public static Catalog Empty { get; } = new([]);

    public Provider? FindProvider(string name) => Providers.FirstOrDefault(provider => provider.Name == name);
}

/// <summary>One build of a provider plugin.</summary>
/// <param name="Name">The name flows use under <c>uses</c>.</param>
/// <param name="Build">SHA-256 of the plugin's files, in lower-case hex; runs pin it.</param>
/// <param name="AssemblyName">The simple name of the assembly that declares the operations' types.</param>
/// <param name="Image">The bytes of that assembly; flows are compiled against them.</param>
public sealed record Provider(
    string Name,
    string Build,
    string AssemblyName,
    ImmutableArray<byte> Image,
    ImmutableArray<Operation> Operations)
{
    /// <summary>The pages of the provider that a person can be sent to.</summary>
    public ImmutableArray<Redirect> Redirects { get; init; } = [];

    /// <summary>The calls that the provider can make to the engine.</summary>
    public ImmutableArray<Hook> Hooks { get; init; } = [];

    public Redirect? FindRedirect(string name) => Redirects.FirstOrDefault(redirect => redirect.Name == name);

    public Hook? FindHook(string name) => Hooks.FirstOrDefault(hook => hook.Name == name);

    /// <summary>Full name of the record of a connection's credentials; null where it has none.</summary>
    public string? CredentialsType { get; init; }

    /// <summary>What the person must do to delete a connection at the provider, by language; empty where there is nothing to say.</summary>
    public ImmutableDictionary<string, string> Deletion { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The operation that the engine calls for this; null where the provider has none.</summary>
    public Operation? FindRole(OperationRole role) => Operations.FirstOrDefault(operation => operation.Role == role);

    public Operation? FindOperation(string name) => Operations.FirstOrDefault(operation => operation.Name == name);
}

/// <summary>One typed call of a provider.</summary>
/// <param name="Name">As flows write it, such as <c>telegram_init</c>.</param>
/// <param name="InputType">Full name of the record it takes.</param>
/// <param name="OutputType">Full name of the record it gives.</param>
public sealed record Operation(
    string Name,
    string InputType,
    string OutputType,
    Effect Effect,
    bool Creates,
    ImmutableArray<DeclaredFailure> Failures)
{
    /// <summary>What the engine calls it for by itself.</summary>
    public OperationRole Role { get; init; }

    /// <summary>When a refresh is due: this long before access ends; null where <see cref="BeforePercent"/> says it.</summary>
    public TimeSpan? Before { get; init; }

    /// <summary>When a refresh is due: with this share of the credentials' life left, 0 to 100. Default: 10.</summary>
    public int BeforePercent { get; init; } = 10;

    /// <summary>How long after the last refresh unused credentials are renewed too; null: only when they are needed.</summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>The time between two probes. Default: 6 hours.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromHours(6);
}

/// <summary>A page of a provider that the person is sent to and comes back from.</summary>
/// <param name="Name">As flows write it, such as <c>consent</c>.</param>
/// <param name="InputType">Full name of the record it takes.</param>
/// <param name="OutputType">Full name of the record that the person comes back with.</param>
/// <param name="HasPkce">Whether the engine makes a PKCE pair.</param>
/// <param name="Errors">The declared failures by the provider's <c>error</c> words.</param>
public sealed record Redirect(
    string Name,
    string InputType,
    string OutputType,
    bool HasPkce,
    ImmutableArray<DeclaredFailure> Failures,
    ImmutableDictionary<string, string> Errors)
{
    /// <summary>Whether its page tells its opener of a refusal.</summary>
    public bool PostsErrors { get; init; }
}

/// <summary>A call that a provider makes to the engine.</summary>
/// <param name="Name">As flows write it, such as <c>event</c>.</param>
/// <param name="PayloadType">Full name of the record that flows see.</param>
/// <param name="IsOnRedirect">Whether it arrives at the provider's redirect address.</param>
public sealed record Hook(string Name, string PayloadType, bool IsOnRedirect);

/// <summary>A failure that an operation or a redirect declares.</summary>
/// <param name="When">The argument it is about, as flows write it; a call without that argument cannot fail so. Null: any call can.</param>
/// <param name="Text">What the end user reads, by language.</param>
public sealed record DeclaredFailure(
    string Code,
    string? When,
    FailureClass Class,
    RetryAdvice Retry,
    ImmutableDictionary<string, string> Text)
{
    /// <summary>What it means for the connection's health; null: nothing.</summary>
    public ConnectionHealth? Health { get; init; }
}
