using System.Collections.Immutable;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Benchmarks;

public sealed record Begin(string Name);

public sealed record Ask(Secret SessionId);

public sealed record Session(Secret SessionId, SessionStatus Status, Code? Qr);

public sealed record Code(ShowOnce Url, DateTimeOffset Expires);

public enum SessionStatus
{
    Unknown,
    WaitingForQr,
    WaitingForPassword,
    Authenticated,
}

/// <summary>
/// A provider whose types live in this very program, so that a compiled flow and the C# beside it work on the same objects. Its
/// operations are never called.
/// </summary>
internal static class BenchProvider
{
    public const string FlowText = """
        flow: bench
        title: { en: Benchmark, ru: Замер }
        uses: { bench: bench }
        fails: [no_answer]
        vars: { tries: int? }
        steps:
          - call: bench.begin
            with: { name: bench }
            as: session
          - set: { tries: 1 }
          - if: tries < 3 && session.qr is not null
            then: [{ set: { tries: 2 } }]
          - poll: bench.ask
            with: { session_id: =session.session_id }
            from: =session
            as: session
            every: 5s
            until: session.status is waiting_for_password or authenticated
            timeout: 10m
            on_timeout: { fail: no_answer }
            show:
              qr: =session.qr?.url
              expires_at: =session.qr?.expires
              text: { en: Scan the code, ru: Отсканируйте код }
          - done:
        """;

    public static Catalog Catalog { get; } = new([
        new Provider("bench", new string('0', 64), typeof(BenchProvider).Assembly.GetName().Name ?? "", [.. File.ReadAllBytes(typeof(BenchProvider).Assembly.Location)],
        [
            new Operation("begin", typeof(Begin).FullName ?? "", typeof(Session).FullName ?? "", Effect.Safe, false, ImmutableArray<DeclaredFailure>.Empty),
            new Operation("ask", typeof(Ask).FullName ?? "", typeof(Session).FullName ?? "", Effect.Safe, false, ImmutableArray<DeclaredFailure>.Empty),
        ]),
    ]);

    public static LoadedFlow Load() => Load(FlowText);

    public static LoadedFlow Load(string text)
    {
        var source = new FlowSource("bench.yaml", System.Text.Encoding.UTF8.GetBytes(text));
        var check = FlowCompiler.Check(source, Catalog, CancellationToken.None);
        var flow = check.Flow ?? throw new InvalidOperationException(string.Join('\n', check.Findings));
        return LoadedFlow.Load(flow, name => name == typeof(BenchProvider).Assembly.GetName().Name ? typeof(BenchProvider).Assembly : null);
    }
}
