using System.Collections.Immutable;
using System.Reflection.Metadata;
using Engine.Flows.Expressions;
using Engine.Sdk;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Engine.Flows;

/// <summary>A provider under the name that a flow uses for it.</summary>
internal sealed record UsedProvider(string Alias, Provider Provider, IAssemblySymbol Assembly);

/// <summary>What a flow is compiled against: the small platform, the plugin contract, and the providers it uses.</summary>
internal sealed class Library
{
    private static readonly Lazy<ImmutableArray<MetadataReference>> Platform = new(() =>
    [
        MetadataReference.CreateFromImage(Corlib.Image),
        ReferenceTo(typeof(Secret).Assembly),
        ReferenceTo(typeof(FlowScope).Assembly),
    ]);

    private static readonly CSharpCompilationOptions Options = new CSharpCompilationOptions(
        OutputKind.DynamicallyLinkedLibrary,
        nullableContextOptions: NullableContextOptions.Enable,
        optimizationLevel: OptimizationLevel.Release,
        checkOverflow: true,
        concurrentBuild: false,
        deterministic: true,
        metadataImportOptions: MetadataImportOptions.Public);

    private readonly Dictionary<ITypeSymbol, bool> holders = new(SymbolEqualityComparer.Default);

    public Library(FlowDocument document, Catalog catalog, FindingList findings)
        : this(AssemblyNameOf(document), document.Uses, catalog, findings)
    {
    }

    /// <summary>The small platform alone, for what uses no provider.</summary>
    public Library(string assemblyName)
        : this(assemblyName, [], Catalog.Empty, new FindingList())
    {
    }

    private Library(string assemblyName, ImmutableArray<UseNode> uses, Catalog catalog, FindingList findings)
    {
        var found = new List<(UseNode Use, Provider Provider, MetadataReference Reference)>();
        foreach (var use in uses)
        {
            if (catalog.FindProvider(use.Provider.Value) is not { } provider)
            {
                Missing.Add(use.Alias.Value);
                var names = catalog.Providers.Select(known => known.Name);
                var hint = Nearest.DidYouMean(use.Provider.Value, names);
                findings.Error(FindingCodes.UnknownProvider, use.Provider.Place,
                    $"no provider is called '{use.Provider}'{(hint.Length > 0 ? hint : "; --plugins names the folder that holds its plugin or its file")}");
                continue;
            }

            var same = found.Find(other => other.Provider.AssemblyName == provider.AssemblyName);
            found.Add((use, provider, same.Reference ?? MetadataReference.CreateFromImage(provider.Image)));
        }

        Compilation = CSharpCompilation.Create(
            assemblyName, [], [.. Platform.Value, .. found.Select(one => one.Reference).Distinct()], Options);
        foreach (var (use, provider, reference) in found)
        {
            if (Compilation.GetAssemblyOrModuleSymbol(reference) is IAssemblySymbol assembly)
            {
                Providers.Add(new UsedProvider(use.Alias.Value, provider, assembly));
            }
        }

        Secret = Type(typeof(Secret));
        ShowOnce = Type(typeof(ShowOnce));
        Failure = Type(typeof(Failure));
        RunRoot = Type(typeof(RunRoot));
        HookRoot = Type(typeof(HookRoot));
        Functions = Type(typeof(Functions));
        TimeSpan = Type(typeof(TimeSpan));
        Moment = Type(typeof(DateTimeOffset));
        Guid = Type(typeof(Guid));
        Uri = Type(typeof(Uri));
        List = Type(typeof(IReadOnlyList<>));
    }

    /// <summary>The references, with no source yet.</summary>
    public CSharpCompilation Compilation { get; }

    public List<UsedProvider> Providers { get; } = [];

    /// <summary>The names of providers that are not loaded, which a finding says.</summary>
    public HashSet<string> Missing { get; } = new(StringComparer.Ordinal);

    public INamedTypeSymbol Secret { get; }

    public INamedTypeSymbol ShowOnce { get; }

    public INamedTypeSymbol Failure { get; }

    public INamedTypeSymbol RunRoot { get; }

    public INamedTypeSymbol HookRoot { get; }

    public INamedTypeSymbol Functions { get; }

    public INamedTypeSymbol TimeSpan { get; }

    public INamedTypeSymbol Moment { get; }

    public INamedTypeSymbol Guid { get; }

    public INamedTypeSymbol Uri { get; }

    public INamedTypeSymbol List { get; }

    public UsedProvider? FindProvider(string alias) => Providers.Find(used => used.Alias == alias);

    public INamedTypeSymbol Special(SpecialType type) => Compilation.GetSpecialType(type);

    public INamedTypeSymbol NullableOf(ITypeSymbol type) => Special(SpecialType.System_Nullable_T).Construct(type);

    /// <summary>Whether a value must not be compared, formatted or stored in the open.</summary>
    public bool IsSensitive(ITypeSymbol? type) => Is(type, Secret) || Is(type, ShowOnce);

    /// <summary>Whether such a value is inside a value of the type, however deep: comparing it as a whole would compare that too.</summary>
    public bool HoldsSensitive(ITypeSymbol? type)
    {
        if (type is null) return false;
        if (!holders.TryGetValue(type, out var holds)) holders[type] = holds = HoldsSensitive(type, new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default));
        return holds;
    }

    private bool HoldsSensitive(ITypeSymbol type, HashSet<ITypeSymbol> seen)
    {
        if (IsSensitive(type)) return true;
        if (!seen.Add(type) || type is not INamedTypeSymbol named || named.TypeKind == TypeKind.Enum) return false;
        if (named.TypeArguments.Any(part => HoldsSensitive(part, seen))) return true;
        var isOfPlatform = named.SpecialType != SpecialType.None || named.ContainingAssembly?.Name == "System.Runtime";
        return !isOfPlatform && named.GetMembers().OfType<IPropertySymbol>().Any(member => !member.IsStatic && HoldsSensitive(member.Type, seen));
    }

    public static bool Is(ISymbol? symbol, ISymbol? other) => SymbolEqualityComparer.Default.Equals(symbol, other);

    /// <summary>The type within <c>T?</c> of a value type; the type itself otherwise.</summary>
    public static ITypeSymbol Underlying(ITypeSymbol type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : type;

    public static bool IsNullableValue(ITypeSymbol? type) =>
        type?.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;

    private static string AssemblyNameOf(FlowDocument document) => $"flow-{(document.Name.Length > 0 ? document.Name : "unnamed")}";

    private static unsafe PortableExecutableReference ReferenceTo(System.Reflection.Assembly assembly)
    {
        if (!assembly.TryGetRawMetadata(out var blob, out var length)) throw new NotSupportedException($"'{assembly}' has no metadata");
        return AssemblyMetadata.Create(ModuleMetadata.CreateFromMetadata((nint)blob, length)).GetReference();
    }

    private INamedTypeSymbol Type(Type type) =>
        Compilation.GetTypeByMetadataName(type.FullName ?? "") ?? throw new InvalidOperationException($"'{type}' is not in the small platform");
}
