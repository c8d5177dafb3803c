using System.Text;
using Microsoft.CodeAnalysis;

namespace Engine.Flows;

/// <summary>A member of a record whose type is that of the value the flow gives it.</summary>
internal sealed class InferredMember(Scalar name)
{
    public Scalar Name => name;

    /// <summary>All values the flow gives it.</summary>
    public List<ValueNode> Values { get; } = [];

    /// <summary>Whether there are records without it, so that it may be null.</summary>
    public bool IsOptional { get; set; }

    /// <summary>Null while it is not known.</summary>
    public string? Type { get; set; }
}

/// <summary>Every type and variable of a flow, as far as it is known.</summary>
internal sealed class FlowTypes : ScopeTypes
{
    public const string Params = "Params";
    public const string Credentials = "Credentials";
    public const string Leftover = "Leftover";
    public const string Hooks = "Hooks";

    private readonly FlowDocument document;

    public FlowTypes(FlowDocument document, Library library, FindingList findings)
    {
        this.document = document;
        Library = library;
        Forms = new Forms(document);
        Slots = Slots.Of(document, library, Forms, findings);
        foreach (var step in Steps.All(document.Steps))
        {
            if (step is StepNode.Connect connect)
            {
                Add(ConnectionParams, connect.Params);
                if (ConnectedProvider.FindCredentials(document, connect, library) is null) Add(ConnectionCredentials, connect.Credentials);
            }
            else if (step is StepNode.Call call)
            {
                Add(LeftoverParts, call.Leftover);
            }
        }

        // Each step leaves its own parts, and each connect gives all of its record at once.
        foreach (var part in LeftoverParts) part.IsOptional = true;
        var connects = Steps.All(document.Steps).Count(step => step is StepNode.Connect);
        foreach (var member in ConnectionParams.Concat(ConnectionCredentials)) member.IsOptional = member.Values.Count < connects;
    }

    public override Library Library { get; }

    public Forms Forms { get; }

    public override Slots Slots { get; }

    public override string Namespace => GeneratedTypes.Namespace;

    public List<InferredMember> ConnectionParams { get; } = [];

    public List<InferredMember> ConnectionCredentials { get; } = [];

    public List<InferredMember> LeftoverParts { get; } = [];

    /// <summary>The members of one of the records.</summary>
    public List<InferredMember> MembersOf(string record) => record switch
    {
        Params => ConnectionParams,
        Credentials => ConnectionCredentials,
        _ => LeftoverParts,
    };

    /// <summary>Whether runs of the flow make new connections.</summary>
    public bool IsConnecting => document.Purposes.Contains(Purpose.Connect);

    /// <summary>Whose connection a step makes; null where that is not known.</summary>
    public UsedProvider? ProviderOf(StepNode.Connect connect) => ConnectedProvider.Find(document, connect, Library);

    /// <summary>The provider's own record of credentials; null where it declares none.</summary>
    public INamedTypeSymbol? CredentialsOf(StepNode.Connect connect) => ConnectedProvider.FindCredentials(document, connect, Library);

    public IEnumerable<InferredMember> Inferred => [.. ConnectionParams, .. ConnectionCredentials, .. LeftoverParts];

    /// <summary>The generated types; members whose type is not known are left out.</summary>
    public override void WriteTypes(StringBuilder code)
    {
        GeneratedTypes.WriteEnums(code, "Input", document.Inputs);
        GeneratedTypes.WriteClass(code, "Input", [.. GeneratedTypes.MembersOf("Input", document.Inputs)]);
        foreach (var (name, prompt) in Forms.Distinct)
        {
            GeneratedTypes.WriteEnums(code, name, prompt.Fields);
            GeneratedTypes.WriteClass(code, name, [.. GeneratedTypes.MembersOf(name, prompt.Fields), new GeneratedMember("Left", "int")]);
        }

        GeneratedTypes.WriteClass(code, Params, Known(ConnectionParams));
        GeneratedTypes.WriteClass(code, Credentials, Known(ConnectionCredentials));
        GeneratedTypes.WriteClass(code, Leftover, Known(LeftoverParts));
        if (!document.Hooks.IsEmpty)
        {
            GeneratedTypes.WriteClass(
                code, Hooks, [.. document.Hooks.Select(hook => new GeneratedMember(hook.Name.Value, "global::Engine.Flows.HookRoot"))]);
        }

        GeneratedTypes.WriteClass(code, "Connection",
            [new GeneratedMember("Id", "string"), new GeneratedMember("Params", $"global::{GeneratedTypes.Namespace}.{Params}")]);
    }

    private static void Add(List<InferredMember> members, IEnumerable<NamedValue> values)
    {
        foreach (var value in values)
        {
            var member = members.Find(known => known.Name.Value == value.Name.Value);
            if (member is null) members.Add(member = new InferredMember(value.Name));
            member.Values.Add(value.Value);
        }
    }

    private static List<GeneratedMember> Known(List<InferredMember> members) =>
        [.. members.Where(member => member.Type is not null).Select(member => new GeneratedMember(member.Name.Value, member.Type ?? ""))];
}
