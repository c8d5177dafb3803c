using System.Collections.Immutable;
using Microsoft.CodeAnalysis.CSharp;

namespace Engine.Flows;

/// <summary>One compilation of one flow, from its bytes to its image.</summary>
internal sealed class Compilation
{
    /// <summary>How long a flow may take to compile; a flow of a thousand steps takes some seconds on a slow machine.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    public static readonly Limits DefaultLimits = new(TimeSpan.FromMinutes(30), 3);

    private readonly FlowDocument document;
    private readonly Catalog catalog;
    private readonly FindingList findings;
    private readonly CancellationToken cancellation;

    private Compilation(FlowDocument document, Catalog catalog, FindingList findings, CancellationToken cancellation)
    {
        this.document = document;
        this.catalog = catalog;
        this.findings = findings;
        this.cancellation = cancellation;
    }

    public static FlowCheck Run(FlowSource source, Catalog catalog, bool isProved, CancellationToken cancellation)
    {
        var reading = FlowReader.Read(source);
        if (reading.Document is not { } document) return new FlowCheck(null, reading.Text.Raw, reading.Findings);
        var found = new FindingList();
        found.Add(reading.Findings);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

        // A flow that was checked before is known to end: a busy machine must not cost a run its flow.
        if (isProved) deadline.CancelAfter(Deadline);
        CompiledFlow? flow = null;
        try
        {
            flow = new Compilation(document, catalog, found, deadline.Token).Compile(source, isProved);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            found.Error(FindingCodes.NotChecked, document.Text.PlaceOf(0, 0), $"checking takes longer than {Deadline.TotalSeconds} s");
        }

        return new FlowCheck(found.HasErrors ? null : flow, document.Text.Raw, FollowOns.Drop(found.InOrder(), document.Text));
    }

    private CompiledFlow? Compile(FlowSource source, bool isProved)
    {
        if (!SplicedNames.ArePlain(document, findings)) return null;
        var library = new Library(document, catalog, findings);
        var parser = new ExpressionParser(findings);
        var types = new FlowTypes(document, library, findings);
        var model = new TypeInference(types, parser, cancellation).Run(findings);
        var binder = new Binder(model, parser, findings);
        var lowering = new Lowering(types, binder);
        lowering.Run(document);
        var scope = ScopeWriter.Write(types, lowering.Parts, document.Text.Path);
        var (image, compilation) = new ScopeCompiler(library, findings, cancellation).Compile(scope, document.Text.PlaceOf(0, 0));
        if (isProved) Prove(types, library, binder, compilation);
        return image.IsEmpty ? null : Assemble(source, library, lowering, image);
    }

    private void Prove(FlowTypes types, Library library, Binder binder, CSharpCompilation compilation)
    {
        var isRight = !findings.HasErrors;
        new Proof(document, types, binder, findings, cancellation).Run(compilation);
        new StatusWalk(types, binder, findings).Run(document);
        new FailureCheck(document, binder, findings).Run();
        new SignalCheck(document, library, binder, findings).Run();
        new TimeCheck(document, findings).Run();
        new ReauthCheck(document, types, binder, findings).Run(isRight);
        if (findings.HasErrors) return;
        new Reads(document, types, binder).WarnOfUnread(findings);
        new Unused(document, types, binder, findings).Run();
    }

    private LocalText NameInAllLanguages =>
        new(document.Languages.ToImmutableDictionary(language => language, _ => document.Name, StringComparer.Ordinal));

    private CompiledFlow Assemble(FlowSource source, Library library, Lowering lowering, ImmutableArray<byte> image)
    {
        var builds = library.Providers.Select(used => used.Provider).DistinctBy(provider => provider.Name, StringComparer.Ordinal)
            .ToImmutableDictionary(provider => provider.Name, provider => provider.Build, StringComparer.Ordinal);
        return new CompiledFlow(
            document.Name, FlowVersion.Of(source, builds), document.Text.Raw,
            document.Title is null ? NameInAllLanguages : Fields.TextOf(document.Title),
            document.Languages, document.Purposes, builds, Fields.Of(document.Inputs), EndCodes.Of(document, library),
            new Limits(document.Total?.Value ?? DefaultLimits.Total, document.Restarts?.Value ?? DefaultLimits.Restarts),
            lowering.SlotNames, lowering.Program, [.. lowering.Calls], image)
        {
            Hooks = [.. document.Hooks.Select(hook => new FlowHook(
                hook.Name.Value, library.FindProvider(hook.Hook.Alias.Value)?.Provider.Name ?? "", hook.Hook.Hook.Value))],
            HooksSlot = lowering.FindSlot(Slots.HooksRoot),
            StartsOn = document.StartsOn is { } begin
                ? new HookStart(
                    library.FindProvider(begin.Hook.Alias.Value)?.Provider.Name ?? "", begin.Hook.Hook.Value, lowering.FindSlot(begin.As.Value) ?? 0)
                : null,
        };
    }
}
