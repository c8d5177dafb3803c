namespace Engine.Benchmarks;

/// <summary>Flows for nodes that are processes of their own, over the Radist plugin.</summary>
internal static class NodeFlows
{
    public const string Poll = "bench-poll";

    public const string Replies = "bench-replies";

    /// <summary>How many prompts <see cref="Replies"/> asks, one after the other.</summary>
    public const int Prompts = 4;

    /// <summary>Waits in a poll for a scan that never comes.</summary>
    public static string PollText(string every, string title = "Benchmark") => $$"""
        flow: bench-poll
        title: { en: {{title}} }
        languages: [en]
        uses: { radist: radist }
        fails: [qr_not_scanned]
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
            every: {{every}}
            until: session.status is waiting_for_password or authenticated
            timeout: 50m
            on_timeout: { fail: qr_not_scanned }
            show:
              qr: =session.qr_login?.url
              expires_at: =session.qr_login?.expires
              text: { en: Scan the code }
          - done:
        """;

    /// <summary>Asks a word, calls the provider, asks the next.</summary>
    public static string RepliesText { get; } = $$"""
        flow: bench-replies
        title: { en: Benchmark }
        languages: [en]
        uses: { radist: radist }
        fails: [session_lost]
        limits: { total: 10m }
        steps:
          - call: radist.telegram_init
            with: { auth_type: qr }
            as: session
            undo: none
            because: it lapses by itself
        {{string.Join('\n', Enumerable.Range(1, Prompts).Select(Ask))}}
          - done:
        """;

    private static string Ask(int number) => $$"""
          - prompt:
              word: { type: string, label: { en: Word } }
            text: { en: Which word? }
            as: form_{{number}}
            timeout: 5m
            on_timeout: { fail: expired }
          - call: radist.telegram_login
            with: { session_id: =session.session_id }
            as: session_{{number}}
        """;
}
