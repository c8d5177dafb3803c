using System.Collections.Immutable;
using Engine.Sdk;

namespace Engine.Flows;

/// <summary>A flow that passed every check, as plain data and an assembly image. Immutable; one instance serves all runs of this version.</summary>
/// <param name="Name">The flow's name; need not equal its file's.</param>
/// <param name="Version">SHA-256 of the file and of all that went into the compilation, lower-case hex.</param>
/// <param name="Source">The YAML text, as read.</param>
/// <param name="Languages">The languages every text of the flow has, the first being the fallback.</param>
/// <param name="Providers">The plugin builds it was compiled against, by provider name.</param>
/// <param name="Slots">Names of the slots, the roots first (see <see cref="RootSlots"/>).</param>
/// <param name="Steps">The program; a run begins at 0. Steps refer to each other by index.</param>
/// <param name="Calls">Every place that calls an operation, by number.</param>
/// <param name="Image">The assembly that holds the generated scope.</param>
public sealed record CompiledFlow(
    string Name,
    string Version,
    string Source,
    LocalText Title,
    ImmutableArray<string> Languages,
    ImmutableArray<Purpose> Purposes,
    ImmutableDictionary<string, string> Providers,
    ImmutableArray<Field> Inputs,
    ImmutableArray<EndCode> Fails,
    Limits Limits,
    ImmutableArray<string> Slots,
    ImmutableArray<CompiledStep> Steps,
    ImmutableArray<CallSite> Calls,
    ImmutableArray<byte> Image)
{
    /// <summary>The code of a run that took too long; flows may end with it without listing it.</summary>
    public const string Expired = "expired";

    /// <summary>The hooks that each run gets an address for.</summary>
    public ImmutableArray<FlowHook> Hooks { get; init; } = [];

    /// <summary>The slot of the root <c>hooks</c>; null where the flow has none.</summary>
    public int? HooksSlot { get; init; }

    /// <summary>The hook that begins the flow; null where a person or the API does.</summary>
    public HookStart? StartsOn { get; init; }
}

/// <summary>A hook of a provider that a run gets an address for.</summary>
/// <param name="Name">The flow's name for it.</param>
/// <param name="Hook">The provider's.</param>
public sealed record FlowHook(string Name, string Provider, string Hook);

/// <summary>The hook that begins a flow.</summary>
/// <param name="Hook">The provider's name for it.</param>
/// <param name="Slot">Where its payload goes.</param>
public sealed record HookStart(string Provider, string Hook, int Slot);

/// <summary>What a run is for.</summary>
public enum Purpose
{
    Connect,
    Reauth,
    Reconfigure,
}

/// <summary>A fixed text by language.</summary>
public sealed record LocalText(ImmutableDictionary<string, string> ByLanguage)
{
    public static LocalText Empty { get; } = new(ImmutableDictionary<string, string>.Empty);

    /// <summary>The text in the language, or in any other one where it is missing; empty where there is none.</summary>
    public string In(string language) =>
        ByLanguage.TryGetValue(language, out var text) ? text : ByLanguage.GetValueOrDefault("en") ?? ByLanguage.Values.FirstOrDefault("");
}

/// <summary>A text with holes: by language, the number of the value that gives it.</summary>
public sealed record TextTemplate(ImmutableDictionary<string, int> ByLanguage);

/// <summary>A failure the flow may end with: its code and what the end user reads.</summary>
public sealed record EndCode(string Code, FailureClass Class, RetryAdvice Retry, LocalText Text);

/// <summary>The bounds of a run.</summary>
/// <param name="Total">A run that lasts longer ends as expired. Default: 30 minutes.</param>
/// <param name="Restarts">How often a <c>restart</c> action may begin it anew. Default: 3.</param>
public sealed record Limits(TimeSpan Total, int Restarts);

/// <summary>One input of a prompt or of the flow itself.</summary>
/// <param name="Pattern">A regular expression the whole value must match, anchored by the engine; null for none.</param>
/// <param name="Default">The value when none is given; null where the field is required or optional without a default.</param>
/// <param name="MaxLength">In characters. Default: 4096 for secrets and text, 32 for codes and phones.</param>
public sealed record Field(
    string Name,
    FieldType Type,
    bool IsRequired,
    LocalText Label,
    LocalText Hint,
    string? Pattern,
    string? Default,
    int MaxLength,
    ImmutableArray<Option> Options);

/// <summary>One choice of a select field.</summary>
public sealed record Option(string Name, LocalText Label);

/// <summary>What may be typed into a field. Values travel as text.</summary>
public enum FieldType
{
    Text,

    /// <summary>Hidden while typed; becomes a <see cref="Sdk.Secret"/>.</summary>
    Secret,

    /// <summary>Digits with an optional leading plus; spaces, dashes and brackets are removed.</summary>
    Phone,

    /// <summary>Digits kept as text; spaces and dashes are removed, leading zeros survive.</summary>
    Code,

    Url,

    Number,

    Boolean,

    Select,
}

/// <summary>One place in the flow that calls an operation.</summary>
/// <param name="InputType">The record it takes, with its assembly: <c>Radist.TelegramInit, Radist</c>.</param>
/// <param name="OutputType">The record it gives, likewise.</param>
/// <param name="Arguments">The value that gives the input record.</param>
public sealed record CallSite(int Index, string Provider, string Operation, Effect Effect, string InputType, string OutputType, int Arguments);
