using System.Collections.Concurrent;
using System.Collections.Immutable;
using Engine.Flows;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Engine.Tests;

/// <summary>
/// A flow put together by hand: steps as records, expressions as C#. Variables stand in slots from 6 on and are called s6, s7…
/// </summary>
internal sealed class LabFlow
{
    public const int Look = 0;
    public const int Make = 1;
    public const int Find = 2;
    public const int Drop = 3;
    public const int Try = 4;

    private static readonly ConcurrentDictionary<string, ImmutableArray<byte>> Images = new();

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.Private", StringComparison.Ordinal)
                || name is "System.Runtime.dll" or "Engine.Sdk.dll" or "Engine.Flows.dll" or "Engine.Tests.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly List<string> slots = ["Generated.Input", "Generated.Connection", "Generated.Leftover", "Engine.Sdk.Failure", "Engine.Flows.RunRoot", "System.DateTimeOffset"];
    private readonly List<string> conditions = [];
    private readonly List<string> values = [];
    private readonly List<string> choices = [];
    private readonly List<CallSite> calls;

    public LabFlow()
    {
        calls =
        [
            Site(Look, "look", Engine.Sdk.Effect.Safe, "Look", "Seen", "new Look(\"1\")"),
            Site(Make, "make", Engine.Sdk.Effect.Once, "Make", "Made", "new Make(\"thing \" + s4.ShortId)"),
            Site(Find, "find", Engine.Sdk.Effect.Safe, "Find", "Made", "new Find(\"thing \" + s4.ShortId)"),
            Site(Drop, "drop", Engine.Sdk.Effect.Idempotent, "Drop", "Gone", "new Drop(s8 is null ? 0 : s8.Id)"),
            Site(Try, "try", Engine.Sdk.Effect.Idempotent, "Try", "Seen", "new Try(s7.Password)"),
        ];
    }

    /// <summary>Slot 6: what was seen. Slot 7: the form. Slot 8: the thing.</summary>
    public List<string> Slots { get; } = ["Engine.Tests.Seen", "Generated.Form1", "Engine.Tests.Made"];

    public List<CompiledStep> Steps { get; } = [];

    public List<Field> Inputs { get; } = [];

    public List<EndCode> Fails { get; } = [];

    public Limits Limits { get; init; } = new(TimeSpan.FromMinutes(30), 3);

    public ImmutableArray<Purpose> Purposes { get; init; } = [Purpose.Connect, Purpose.Reauth];

    public string Name { get; init; } = "lab-flow";

    public int When(string condition) => Add(conditions, condition);

    public int Value(string value) => Add(values, value);

    public int Choice(string choice) => Add(choices, choice);

    public TextTemplate Text(string value)
    {
        var index = Value(value);
        return new TextTemplate(ImmutableDictionary<string, int>.Empty.Add("en", index).Add("ru", index));
    }

    /// <summary>One more call site of an operation, with arguments of its own.</summary>
    public int SiteLike(int site, string arguments)
    {
        calls.Add(calls[site] with { Index = calls.Count, Arguments = Value(arguments) });
        return calls.Count - 1;
    }

    public LoadedFlow Load()
    {
        var flow = new CompiledFlow(
            Name, "v1", "", LocalText.Empty, ["en", "ru"], Purposes, ImmutableDictionary<string, string>.Empty.Add("lab", "build1"),
            [.. Inputs], [.. Fails], Limits, [.. slots.Concat(Slots).Select((_, slot) => $"s{slot}")], [.. Steps], [.. calls],
            Images.GetOrAdd(Source(), Compile));
        return LoadedFlow.Load(flow, name => name == "Engine.Tests" ? typeof(LabFlow).Assembly : null);
    }

    private CallSite Site(int index, string operation, Engine.Sdk.Effect effect, string input, string output, string arguments) => new(
        index, "lab", operation, effect, $"Engine.Tests.{input}, Engine.Tests", $"Engine.Tests.{output}, Engine.Tests",
        Value(arguments));

    private static int Add(List<string> list, string code)
    {
        list.Add(code);
        return list.Count - 1;
    }

    private string Source()
    {
        var all = slots.Concat(Slots).ToList();
        return $$"""
            using System;
            using Engine.Sdk;
            using Engine.Tests;
            namespace Generated;
            public sealed class Input { public Input(string name, Secret token) { this.name = name; this.token = token; } public string name { get; } public Secret token { get; } }
            public sealed class Params { public Params(int? id) { this.id = id; } public int? id { get; } }
            public sealed class Connection { public Connection(string Id, Params Params) { this.Id = Id; this.Params = Params; } public string Id { get; } public Params Params { get; } }
            public sealed class Leftover { public Leftover(int? thing) { this.thing = thing; } public int? thing { get; } }
            public enum Form1_way { qr, code }
            public sealed class Form1
            {
                public Form1(Secret password, string code, int? number, bool? agree, Form1_way? way, int Left)
                { this.Password = password; this.Code = code; this.Number = number; this.Agree = agree; this.Way = way; this.Left = Left; }
                public Secret Password { get; } public string Code { get; } public int? Number { get; } public bool? Agree { get; } public Form1_way? Way { get; } public int Left { get; }
            }
            public sealed class Scope : Engine.Flows.FlowScope
            {
                {{string.Join("\n    ", all.Select((type, slot) => $"public {type} s{slot};"))}}
                public override object Get(int slot) => slot switch { {{string.Join(" ", all.Select((_, slot) => $"{slot} => s{slot},"))}} _ => null };
                public override void Set(int slot, object value)
                {
                    switch (slot) { {{string.Join(" ", all.Select((type, slot) => $"case {slot}: s{slot} = value is null ? default : ({type})value; break;"))}} }
                }
                public override bool Condition(int index) => index switch { {{string.Join(" ", conditions.Select((code, index) => $"{index} => {code},"))}} _ => throw new InvalidOperationException() };
                public override object Value(int index) => index switch { {{string.Join(" ", values.Select((code, index) => $"{index} => (object)({code}),"))}} _ => throw new InvalidOperationException() };
                public override int Choice(int index) => index switch { {{string.Join(" ", choices.Select((code, index) => $"{index} => {code},"))}} _ => throw new InvalidOperationException() };
                static T Boom<T>() => throw new Engine.Flows.ExpressionException("boom at line 1");
                Seen Seen => s6;
            }
            """;
    }

    private static ImmutableArray<byte> Compile(string source)
    {
        var compilation = CSharpCompilation.Create(
            "lab" + Guid.NewGuid().ToString("N"), [CSharpSyntaxTree.ParseText(source)], References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release));
        using var image = new MemoryStream();
        var emitted = compilation.Emit(image);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics) + source);
        return [.. image.ToArray()];
    }
}
