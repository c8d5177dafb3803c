using System.Text;
using Engine.Flows;
using Engine.Plugins;
using Engine.Runs;

namespace Engine.Benchmarks;

/// <summary>The flow that all runs have: a session is opened and polled until somebody scans, which nobody does.</summary>
internal sealed class PollFlow : IFlowVersions
{
    public const string Name = "bench-poll";

    /// <summary>Its file.</summary>
    public const string Text = """
        flow: bench-poll
        title: { en: Benchmark, ru: Замер }
        uses: { radist: radist }
        fails: [qr_not_scanned, session_lost]
        limits: { total: 1h }
        steps:
          - call: radist.telegram_init
            with: { auth_type: qr }
            as: session
            undo: none
            because: it lapses by itself
          - poll: radist.telegram_login
            with: { session_id: =session.session_id }
            from: =session
            as: session
            every: 5s
            until: session.status is waiting_for_password or authenticated
            timeout: 30m
            on_timeout: { fail: qr_not_scanned }
            show:
              qr: =session.qr_login?.url
              expires_at: =session.qr_login?.expires
              text: { en: Scan the code, ru: Отсканируйте код }
          - done:
        """;

    private readonly LoadedFlow loaded;

    public PollFlow(PluginCatalog plugins)
    {
        var check = FlowCompiler.Check(new FlowSource("bench-poll.yaml", Encoding.UTF8.GetBytes(Text)), plugins.Catalog, CancellationToken.None);
        var flow = check.Flow ?? throw new InvalidOperationException(string.Join('\n', check.Findings));
        loaded = LoadedFlow.Load(flow, name => flow.Providers
            .Select(pair => plugins.FindAssembly(pair.Key, pair.Value))
            .FirstOrDefault(assembly => assembly?.GetName().Name == name));
    }

    public LoadedFlow? FindCurrent(string flow) => flow == Name ? loaded : null;

    public Task<LoadedFlow?> FindAsync(string flow, string version, CancellationToken cancellation) => Task.FromResult(FindCurrent(flow));
}
