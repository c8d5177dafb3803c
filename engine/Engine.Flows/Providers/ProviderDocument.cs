using System.Collections.Immutable;
using Engine.Sdk;

namespace Engine.Flows;

/// <summary>A provider's file as written, its grammar judged.</summary>
internal sealed record ProviderDocument(
    FlowText Text, string Name, ImmutableArray<Scalar> Hosts, ImmutableArray<SettingNode> Settings, ImmutableArray<OperationNode> Operations)
{
    /// <summary>What is kept of a connection; empty where nothing is.</summary>
    public ImmutableArray<ProviderField> Credentials { get; init; } = [];

    /// <summary>What a person must know who deletes a connection; null where there is nothing to say.</summary>
    public TextNode? Deletion { get; init; }

    /// <summary>The namespace of the generated types.</summary>
    public string Namespace => "Provider_" + Name;
}

/// <summary>A setting of the provider.</summary>
internal sealed record SettingNode(Scalar Name, ProviderScalar Type, bool IsOptional, Scalar? Default);

/// <summary>One operation.</summary>
/// <param name="Verb">The key that is the HTTP method.</param>
/// <param name="At">The setting with the base address; null: the only one there is.</param>
/// <param name="Gives">What flows see of the answer.</param>
/// <param name="Reads">What only conditions see of it.</param>
internal sealed record OperationNode(
    Scalar Name,
    Effect Effect,
    bool Creates,
    Scalar Verb,
    Scalar Path,
    Scalar? At,
    ImmutableArray<ProviderField> Takes,
    ImmutableArray<NamedValue> Query,
    ImmutableArray<NamedValue> Headers,
    BodyNode? Body,
    AuthNode? Auth,
    ImmutableArray<ProviderField> Gives,
    ImmutableArray<ProviderField> Reads,
    ImmutableArray<FailureNode> Fails,
    ImmutableArray<int> Accepted,
    Scalar? Pace,
    DurationNode? Timeout)
{
    /// <summary>What the engine calls it for by itself; null: nothing.</summary>
    public RoleNode? Role { get; init; }
}

/// <summary>What the engine calls an operation for by itself, and when.</summary>
/// <param name="Every">Between two probes; null for the default.</param>
/// <param name="Before">How long before the end a refresh is due; null where <paramref name="BeforePercent"/> says it, or neither.</param>
internal sealed record RoleNode(
    Scalar Word, OperationRole Role, DurationNode? Every, DurationNode? Before, int? BeforePercent, DurationNode? KeepAlive);

/// <summary>A named part of what an operation takes or gives.</summary>
/// <param name="From">The names that lead to it in the answer.</param>
internal sealed record ProviderField(Scalar Name, ProviderType Type, bool IsOptional, ImmutableArray<string> From);

/// <summary>The type of a field.</summary>
internal abstract record ProviderType
{
    private ProviderType() { }

    public sealed record Small(ProviderScalar Type) : ProviderType;

    /// <summary>One of some words.</summary>
    public sealed record Words(ImmutableArray<Scalar> Members) : ProviderType;

    /// <summary>One of some words, told by conditions over the answer.</summary>
    public sealed record Chosen(ImmutableArray<(Scalar Name, ValueNode.Expression Condition)> Members) : ProviderType;

    public sealed record Record(ImmutableArray<ProviderField> Fields) : ProviderType;

    public sealed record List(ProviderType Item) : ProviderType;
}

/// <summary>What is sent as the body.</summary>
internal abstract record BodyNode
{
    private BodyNode() { }

    public sealed record Form(ImmutableArray<NamedValue> Fields) : BodyNode;

    public sealed record Json(JsonBodyNode Root) : BodyNode;
}

/// <summary>A part of a JSON body.</summary>
internal abstract record JsonBodyNode
{
    private JsonBodyNode() { }

    public sealed record Value(ValueNode Node) : JsonBodyNode;

    public sealed record Map(ImmutableArray<(Scalar Name, JsonBodyNode Value)> Members) : JsonBodyNode;

    public sealed record List(ImmutableArray<JsonBodyNode> Items) : JsonBodyNode;
}

/// <summary>How the call proves who calls.</summary>
/// <param name="Key">Such as <c>bearer</c>.</param>
internal abstract record AuthNode(Scalar Key)
{
    public sealed record Bearer(Scalar Key, ValueNode Token) : AuthNode(Key);

    public sealed record Basic(Scalar Key, ValueNode User, ValueNode Password) : AuthNode(Key);

    public sealed record Header(Scalar Key, Scalar Name, ValueNode Value) : AuthNode(Key);

    public sealed record InPath(Scalar Key, ValueNode Value) : AuthNode(Key);
}

/// <summary>A failure of an operation.</summary>
/// <param name="About">The argument it is about; null for the call as a whole.</param>
/// <param name="Text">Null for a failure that any call may end with.</param>
internal sealed record FailureNode(
    Scalar Code, ValueNode.Expression Condition, Scalar? About, FailureClass Class, RetryAdvice Retry, TextNode? Text)
{
    /// <summary>What it means for a connection; null: nothing.</summary>
    public ConnectionHealth? Health { get; init; }
}
