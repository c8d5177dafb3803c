using System.Collections.Immutable;

namespace Engine.Flows;

/// <summary>A flow as written, with the place of everything. Its grammar is checked, its names and types are
/// not.</summary>
/// <param name="Name">Empty where a finding says that it is missing.</param>
/// <param name="Title">Null where the flow's name serves as its title.</param>
/// <param name="Languages">Those every text has, the first being the fallback. Default: en, ru.</param>
/// <param name="Purposes">Default: connect.</param>
/// <param name="PurposeKey">The key <c>purpose</c>; null where the flow does not say it.</param>
/// <param name="Total">Null: 30 minutes.</param>
/// <param name="Restarts">Null: 3.</param>
/// <param name="StartsOn">Null where a person or the API begins the flow.</param>
internal sealed record FlowDocument(
    FlowText Text,
    string Name,
    TextNode? Title,
    ImmutableArray<string> Languages,
    ImmutableArray<UseNode> Uses,
    ImmutableArray<Purpose> Purposes,
    Scalar? PurposeKey,
    ImmutableArray<FieldNode> Inputs,
    ImmutableArray<FailNode> Fails,
    DurationNode? Total,
    CountNode? Restarts,
    ImmutableArray<VarNode> Vars,
    ImmutableArray<HookNode> Hooks,
    StartsOnNode? StartsOn,
    Block Steps);

/// <summary>What reading a flow file gave.</summary>
/// <param name="Document">Null where the file could not be read as a flow at all. It may be there in spite of
/// findings.</param>
/// <param name="Text">The decoded text; empty where it could not be decoded.</param>
/// <param name="Findings">In the order of their places.</param>
internal sealed record FlowReading(FlowDocument? Document, FlowText Text, ImmutableArray<Finding> Findings);

/// <summary>A provider the flow uses, and the name it has here.</summary>
internal sealed record UseNode(Scalar Alias, Scalar Provider);

/// <summary>A failure the flow may end with.</summary>
/// <param name="Text">What the end user reads; null: the text of the operation or of the engine for that code.</param>
internal sealed record FailNode(Scalar Code, TextNode? Text);

/// <summary>A hook of a provider: <c>alias.hook</c>.</summary>
internal sealed record HookName(Scalar Scalar, Word Alias, Word Hook);

/// <summary>A hook that the run gets an address for, and the name it has here.</summary>
internal sealed record HookNode(Scalar Name, HookName Hook);

/// <summary>The hook that begins the flow, and the name that its payload has.</summary>
/// <param name="Key">The key <c>starts_on</c>.</param>
internal sealed record StartsOnNode(Scalar Key, HookName Hook, Scalar As);

/// <summary>A declared variable.</summary>
internal sealed record VarNode(Scalar Name, TypeNode Type);

/// <summary>One input of the flow or of a prompt.</summary>
/// <param name="IsOptional">Whether the type ends in a question mark.</param>
/// <param name="MaxLength">Null: the default of <see cref="Field.MaxLength"/>.</param>
/// <param name="Options">Of a select, at least one; otherwise empty.</param>
internal sealed record FieldNode(
    Scalar Name,
    FieldType Type,
    bool IsOptional,
    TextNode? Label,
    TextNode? Hint,
    Scalar? Pattern,
    Scalar? Default,
    CountNode? MaxLength,
    ImmutableArray<OptionNode> Options);

/// <summary>One choice of a select field.</summary>
internal sealed record OptionNode(Scalar Name, TextNode Label);
