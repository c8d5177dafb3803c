using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Engine.Flows;
using Engine.Plugins;

namespace Engine.Host;

/// <summary>Everything that came of a run of tests.</summary>
/// <param name="Files">In the order given.</param>
/// <param name="Coverage">Of each flow, in the order of their files.</param>
internal sealed record FlowTestOutcome(ImmutableArray<TestFileResult> Files, ImmutableArray<FlowCoverageResult> Coverage);

/// <summary>What came of one test file.</summary>
/// <param name="Text">The file's text, for showing findings in it.</param>
internal sealed record TestFileResult(string File, string Text, ImmutableArray<Finding> Findings, ImmutableArray<RehearsalResult> Results)
{
    public bool IsPassed => Findings.All(finding => finding.Severity != Severity.Error) && Results.All(result => result.IsPassed);
}

/// <summary>Where the tests of one flow came.</summary>
internal sealed record FlowCoverageResult(string File, ImmutableArray<CoveragePoint> Points)
{
    public IEnumerable<CoveragePoint> Missed => Points.Where(point => !point.IsReached);
}

/// <summary>Reads test files, finds the flows beside them, and runs all tests, as many at once as there are processors.</summary>
internal sealed class FlowTestRun(PluginCatalog plugins)
{
    private readonly Dictionary<string, ImmutableArray<FlowBeside>> folders = new(StringComparer.Ordinal);

    /// <param name="coveredFlows">Flow files whose coverage is wanted though no test may name them.</param>
    public FlowTestOutcome Run(IReadOnlyList<string> files, IReadOnlyList<string> coveredFlows, CancellationToken cancellation)
    {
        var read = files.Select(file => (File: file, Reading: Read(file, cancellation))).ToList();
        var tests = read.SelectMany((one, file) => one.Reading.Tests.Select(test => (File: file, Test: test, Flow: one.Reading.Flow))).ToList();
        var results = new RehearsalResult?[tests.Count];
        OnThreads(tests.Count, index =>
        {
            if (tests[index].Flow is { } flow) results[index] = Rehearsal.Run(tests[index].Test, RehearsedOf(flow), cancellation);
        });
        var byFile = tests.Zip(results, (test, result) => (test.File, Result: result)).ToLookup(one => one.File, one => one.Result);
        return new FlowTestOutcome(
            [.. read.Select((one, file) => new TestFileResult(one.File, one.Reading.Text, one.Reading.Findings, [.. byFile[file].OfType<RehearsalResult>()]))],
            [.. CoverageOf(coveredFlows, cancellation)]);
    }

    /// <summary>Does work on threads of its own: a rehearsal may wait for the thread pool, whose threads must be free then.</summary>
    private static void OnThreads(int count, Action<int> work)
    {
        var next = -1;
        var faults = new ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, Math.Min(Environment.ProcessorCount, count)).Select(_ => new Thread(Work)).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        if (faults.TryDequeue(out var fault)) ExceptionDispatchInfo.Throw(fault);

        void Work()
        {
            try
            {
                while (faults.IsEmpty && Interlocked.Increment(ref next) is var index && index < count) work(index);
            }
            catch (Exception exception)
            {
                faults.Enqueue(exception);
            }
        }
    }

    private FlowTestReading Read(string file, CancellationToken cancellation)
    {
        var (source, unreadable) = FlowFileReader.Read(file);
        if (source is null) return new FlowTestReading(null, [], "", unreadable is null ? [] : [unreadable]);
        var beside = FlowsIn(Path.GetDirectoryName(Path.GetFullPath(file)) ?? ".");
        return FlowTestReader.Read(source, name => new FlowFound(
            beside.FirstOrDefault(flow => flow.Name == name)?.Compile(plugins, cancellation), [.. beside.Select(flow => flow.Name)]));
    }

    private ImmutableArray<FlowBeside> FlowsIn(string folder)
    {
        if (folders.TryGetValue(folder, out var known)) return known;
        return folders[folder] =
        [
            .. Directory.EnumerateFiles(folder)
                .Where(file => FlowFiles.IsFlow(file) && !FlowFiles.IsTest(file))
                .Order(StringComparer.Ordinal)
                .Select(file => FlowFileReader.Read(file).Source)
                .OfType<FlowSource>()
                .Select(source => (Source: source, Name: TestedFlow.NameOf(source)))
                .Where(flow => flow.Name is not null)
                .Select(flow => new FlowBeside(flow.Source, flow.Name ?? "")),
        ];
    }

    private RehearsedFlow RehearsedOf(TestedFlow flow) =>
        folders.Values.SelectMany(flows => flows).First(beside => beside.IsOf(flow)).Rehearsed(flow);

    private IEnumerable<FlowCoverageResult> CoverageOf(IReadOnlyList<string> coveredFlows, CancellationToken cancellation)
    {
        foreach (var file in coveredFlows) FlowsIn(Path.GetDirectoryName(Path.GetFullPath(file)) ?? ".");
        var covered = coveredFlows.Select(Path.GetFullPath).ToHashSet(StringComparer.Ordinal);
        foreach (var beside in folders.Values.SelectMany(flows => flows).OrderBy(flow => flow.Source.Path, StringComparer.Ordinal))
        {
            if (covered.Contains(beside.Source.Path)) _ = beside.Compile(plugins, cancellation);
            if (beside.Flow is { } flow) yield return new FlowCoverageResult(beside.Source.Path, [.. beside.Rehearsed(flow).Coverage.Points]);
        }
    }

    /// <summary>A flow file in the folder of a test file; compiled once, when a test asks for it.</summary>
    private sealed class FlowBeside(FlowSource source, string name)
    {
        private readonly Lock gate = new();
        private bool isCompiled;
        private RehearsedFlow? rehearsed;

        public FlowSource Source => source;

        public string Name => name;

        /// <summary>Null before it was asked for, and where it has errors.</summary>
        public TestedFlow? Flow { get; private set; }

        public TestedFlow? Compile(PluginCatalog plugins, CancellationToken cancellation)
        {
            if (isCompiled) return Flow;
            isCompiled = true;
            if (FlowCompiler.Check(source, plugins.Catalog, cancellation).Flow is not { } flow) return null;
            var loaded = LoadedFlow.Load(flow, assembly => flow.Providers
                .Select(pair => plugins.FindAssembly(pair.Key, pair.Value))
                .FirstOrDefault(found => found?.GetName().Name == assembly));
            return Flow = TestedFlow.Of(loaded, source, plugins.Catalog);
        }

        public bool IsOf(TestedFlow flow) => ReferenceEquals(Flow, flow);

        public RehearsedFlow Rehearsed(TestedFlow flow)
        {
            lock (gate) return rehearsed ??= RehearsedFlow.Of(flow);
        }
    }
}
