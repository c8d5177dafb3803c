using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Engine.Flows;

/// <summary>What is known of a flow's types at one moment, as C# symbols. Asked for the type of any piece of generated code.</summary>
internal sealed class TypeModel
{
    private const string Body = "    void Here() { }\n}\n";

    private readonly SemanticModel model;
    private readonly int position;
    private readonly Dictionary<Slot, ITypeSymbol> slotTypes = [];

    public TypeModel(ScopeTypes types, CancellationToken cancellation)
    {
        Types = types;
        var code = new StringBuilder("#nullable enable\nusing Engine.Flows.Expressions;\n");
        code.Append($"namespace {types.Namespace};\n");
        types.WriteTypes(code);
        code.Append("public sealed class Scope\n{\n");
        types.WriteFields(code);
        code.Append(Body);
        var tree = CSharpSyntaxTree.ParseText(code.ToString(), ExpressionParser.Options, cancellationToken: cancellation);
        Compilation = types.Library.Compilation.AddSyntaxTrees(tree);
        model = Compilation.GetSemanticModel(tree);
        position = code.Length - Body.Length + Body.IndexOf("{ }", StringComparison.Ordinal) + 1;
        Scope = Compilation.GetTypeByMetadataName($"{types.Namespace}.Scope") ?? throw new InvalidOperationException("the scope is missing");
        foreach (var slot in types.Slots.All)
        {
            if (Scope.GetMembers(slot.Identifier) is [IFieldSymbol field]) slotTypes[slot] = field.Type;
        }
    }

    public ScopeTypes Types { get; }

    public Library Library => Types.Library;

    public CSharpCompilation Compilation { get; }

    private INamedTypeSymbol Scope { get; }

    /// <summary>Null while the variable's type is not known.</summary>
    public ITypeSymbol? TypeOf(Slot slot) => slotTypes.GetValueOrDefault(slot);

    /// <summary>The type of a generated expression; null where it has none: <c>null</c>, or something wrong in it.</summary>
    public ITypeSymbol? TypeOf(string code)
    {
        var expression = SyntaxFactory.ParseExpression(code, options: ExpressionParser.Options);
        var type = model.GetSpeculativeTypeInfo(position, expression, SpeculativeBindingOption.BindAsExpression).Type;
        return type is null or IErrorTypeSymbol ? null : type;
    }

    public INamedTypeSymbol Generated(string name) =>
        Compilation.GetTypeByMetadataName($"{GeneratedTypes.Namespace}.{name}") ?? throw new InvalidOperationException($"'{name}' is missing");

    /// <summary>Whether a value of one type may stand where another is wanted, without any loss.</summary>
    public bool IsConvertible(ITypeSymbol from, ITypeSymbol to) => Compilation.ClassifyConversion(from, to) is { Exists: true, IsImplicit: true };

    /// <summary>Whether flows may read the members of a type: a provider's record, a generated one, or one of the roots.</summary>
    public bool IsReadable(ITypeSymbol type) =>
        Library.Is(type, Library.Failure) || Library.Is(type, Library.RunRoot) || Library.Is(type, Library.HookRoot)
        || Library.Is(type.ContainingAssembly, Compilation.Assembly)
        || Library.Providers.Exists(used => Library.Is(used.Assembly, type.ContainingAssembly));

    /// <summary>Every enum a name could mean: those of the providers' records and of the forms.</summary>
    public IEnumerable<INamedTypeSymbol> Enums =>
        Library.Providers.Select(used => used.Assembly).Append(Compilation.Assembly).Distinct<IAssemblySymbol>(SymbolEqualityComparer.Default)
            .SelectMany(assembly => EnumsIn(assembly.GlobalNamespace));

    private static IEnumerable<INamedTypeSymbol> EnumsIn(INamespaceOrTypeSymbol place)
    {
        foreach (var member in place.GetMembers())
        {
            if (member is INamedTypeSymbol { TypeKind: TypeKind.Enum, DeclaredAccessibility: Accessibility.Public } found) yield return found;
            if (member is not INamespaceOrTypeSymbol inner) continue;
            foreach (var one in EnumsIn(inner)) yield return one;
        }
    }
}
