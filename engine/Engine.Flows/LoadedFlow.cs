using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;

namespace Engine.Flows;

/// <summary>
/// A compiled flow ready to run: its image in a collectible load context of its own, which takes plugin types from the builds
/// the flow was compiled against. It is freed when nothing refers to it, or to a value of its types, any more.
/// </summary>
public sealed class LoadedFlow
{
    /// <summary>The class the generator writes; it has one public field <c>s0</c>, <c>s1</c>… for each slot.</summary>
    public const string ScopeType = "Generated.Scope";

    private readonly Lazy<Code> code;
    private readonly Lazy<JsonSerializerOptions> json = new(FlowJson.NewOptions);
    private readonly Func<string, Assembly?> findPlugin;
    private readonly Func<FlowScope, FlowScope> watch;

    private LoadedFlow(CompiledFlow flow, Lazy<Code> code, Func<string, Assembly?> findPlugin, Func<FlowScope, FlowScope> watch)
    {
        Flow = flow;
        this.code = code;
        this.findPlugin = findPlugin;
        this.watch = watch;
    }

    public CompiledFlow Flow { get; }

    /// <summary>How values of this flow's types are written for the store. It reveals secrets: only sealed bytes may come of it.</summary>
    public JsonSerializerOptions Json => json.Value;

    /// <summary>Loads the image.</summary>
    /// <param name="findPlugin">The loaded assembly of a plugin by its simple name; null where there is none.</param>
    /// <exception cref="TypeLoadException">The image is not that of this flow.</exception>
    public static LoadedFlow Load(CompiledFlow flow, Func<string, Assembly?> findPlugin)
    {
        var loaded = LoadOnUse(flow, findPlugin);
        _ = loaded.code.Value;
        return loaded;
    }

    /// <summary>Loads the image when the first run of the flow needs it: of many flows that are offered, few are used all the time.</summary>
    /// <param name="findPlugin">The loaded assembly of a plugin by its simple name; null where there is none.</param>
    public static LoadedFlow LoadOnUse(CompiledFlow flow, Func<string, Assembly?> findPlugin) =>
        new(flow, new Lazy<Code>(() => Code.Of(flow, findPlugin)), findPlugin, scope => scope);

    public FlowScope NewScope() => watch((FlowScope)code.Value.NewScope.Invoke([]));

    /// <summary>The type of a slot's values; nullable value types as they are.</summary>
    public Type SlotType(int slot) => code.Value.SlotTypes[slot];

    /// <summary>
    /// A type by name: one of the flow's generated records (<c>Generated.Form1</c>), or one that a plugin declares, with its
    /// assembly (<c>Radist.TelegramInit, Radist</c>).
    /// </summary>
    public Type FindType(string name)
    {
        var comma = name.IndexOf(',', StringComparison.Ordinal);
        var type = comma < 0
            ? code.Value.Assembly.GetType(name)
            : findPlugin(name[(comma + 1)..].Trim())?.GetType(name[..comma]);
        return type ?? throw new TypeLoadException($"'{name}' is neither a type of flow '{Flow.Name}' nor of a plugin it uses");
    }

    /// <summary>The same expressions under another program, each scope seen by a watcher: how tests find out where a flow came.</summary>
    internal LoadedFlow Watched(CompiledFlow program, Func<FlowScope, FlowScope> scope) =>
        new(program, code, findPlugin, scope);

    private sealed record Code(Assembly Assembly, ConstructorInfo NewScope, ImmutableArray<Type> SlotTypes)
    {
        public static Code Of(CompiledFlow flow, Func<string, Assembly?> findPlugin)
        {
            using var image = new MemoryStream([.. flow.Image]);
            var assembly = new FlowLoadContext(flow.Name, findPlugin).LoadFromStream(image);
            var scope = assembly.GetType(ScopeType, throwOnError: true) ?? throw new TypeLoadException(ScopeType);
            return new Code(
                assembly,
                scope.GetConstructor([]) ?? throw new TypeLoadException(ScopeType),
                [.. flow.Slots.Select((_, slot) => scope.GetField($"s{slot}")?.FieldType ?? throw new TypeLoadException($"{ScopeType}.s{slot}"))]);
        }
    }

    private sealed class FlowLoadContext(string name, Func<string, Assembly?> findPlugin)
        : AssemblyLoadContext(name, isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName) =>
            assemblyName.Name is { } simple ? findPlugin(simple) : null;
    }
}
