using System.Collections.Immutable;
using System.Text.Json;
using Engine.Flows;

namespace Engine.Runs;

/// <summary>A wish for a new run.</summary>
/// <param name="Input">By field name, as typed.</param>
/// <param name="Connection">The connection to re-authorize or reconfigure; null to connect a new one.</param>
/// <param name="World">The sandbox world its calls go to; null: the real provider.</param>
/// <param name="Key">The caller's promise that the same request is sent again; null for none.</param>
public sealed record StartRequest(
    string Flow,
    IReadOnlyDictionary<string, string> Input,
    Purpose Purpose,
    ConnectionId? Connection,
    string Subject,
    string? World,
    IdempotencyKey? Key)
{
    /// <summary>What the hook that begins the flow said; null where a person or the API begins it.</summary>
    public JsonElement? Payload { get; init; }
}

/// <summary>A value that a field does not take.</summary>
/// <param name="Code">
/// <c>required</c>, <c>too_long</c>, <c>pattern</c>, <c>unknown_field</c>, or <c>not_a_</c> and the field's type.
/// </param>
/// <param name="Text">One sentence for the person, by language.</param>
public sealed record FieldError(string Field, string Code, ImmutableDictionary<string, string> Text);

/// <summary>What became of a wish for a new run.</summary>
public abstract record StartOutcome
{
    private StartOutcome() { }

    /// <summary>The run exists. <paramref name="IsRepeated"/>: the same key made it before.</summary>
    public sealed record Started(RunId Run, bool IsRepeated) : StartOutcome;

    public sealed record NoSuchFlow(string Flow) : StartOutcome;

    /// <summary>The flow is begun by a call of its provider, and by nobody else.</summary>
    public sealed record BegunByHook(string Hook) : StartOutcome;

    /// <summary>Some inputs are not what the flow takes; all of them are named.</summary>
    public sealed record InputRefused(ImmutableArray<FieldError> Errors) : StartOutcome;

    /// <summary>The flow is not made for this purpose.</summary>
    public sealed record PurposeNotOffered(Purpose Purpose, ImmutableArray<Purpose> Offered) : StartOutcome;

    /// <summary>The purpose needs a stored connection and none was named.</summary>
    public sealed record ConnectionRequired(Purpose Purpose) : StartOutcome;

    /// <summary>A connection was named though a new one is to be made.</summary>
    public sealed record ConnectionNotWanted : StartOutcome;

    public sealed record NoSuchConnection(ConnectionId Connection) : StartOutcome;

    /// <summary>The connection was made by another flow, and only that one may renew it.</summary>
    public sealed record ConnectionOfOtherFlow(string Flow) : StartOutcome;

    /// <summary>The key was used before, with another request.</summary>
    public sealed record KeyReused : StartOutcome;

    /// <summary>The connection is being re-authorized by this run already.</summary>
    public sealed record AlreadyOpen(RunId Run) : StartOutcome;
}
