using System.Text;

namespace Engine.Benchmarks;

/// <summary>Flows of any size, made by a rule.</summary>
internal static class BenchFlows
{
    /// <summary>What the fixed part of a flow has: the poll's five, and the two of the last prompt's text.</summary>
    private const int FixedExpressions = 7;

    /// <summary>A flow of the Radist plugin with this many expressions, right without a finding, and different for each number.</summary>
    public static string WithExpressions(int number, int expressions)
    {
        var text = new StringBuilder($$$"""
            flow: bench-{{{number}}}
            title: { en: Benchmark }
            languages: [en]
            uses: { radist: radist }
            input:
              name: { type: string, default: Ann, max_length: 64, label: { en: Name } }
            fails:
              not_scanned: { en: Nobody scanned the code. }
              session_lost: { en: The session ended. }
              no_answer: { en: Nobody answered. }
            vars: { total: int?, word: string? }
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
                timeout: 10m
                on_timeout: { fail: not_scanned }
                show:
                  qr: =session.qr_login?.url
                  expires_at: =session.qr_login?.expires
                  text: { en: Scan the code. }

            """);
        var left = expressions - FixedExpressions;
        for (var i = 0; left > 0; i++, left -= 3)
        {
            if (left >= 3)
            {
                text.Append($"  - if: (total ?? {i}) > {i + number} && session.status is authenticated\n");
                text.Append($"    then: [{{ set: {{ word: input.name }} }}]\n");
                text.Append($"  - set: {{ total: (total ?? 0) + {i + 1} }}\n");
            }
            else
            {
                text.Append($"  - set: {{ total: {(left == 2 ? $"total ?? {i}" : $"{i}")} }}\n");
            }
        }

        return text.Append("""
              - prompt: {}
                text: { en: "{{ word ?? input.name }} has {{ total }}" }
                button: { en: Go on }
                timeout: 5m
                on_timeout: { fail: no_answer }
              - done:

            """).ToString();
    }

    /// <summary>A flow that calls nobody and is over after some short waits; <paramref name="mark"/> makes it differ.</summary>
    public static string Short(int mark) => $$$"""
        flow: short
        title: { en: Short }
        languages: [en]
        vars: { rounds: int? }
        steps:
          - set: { rounds: 0 }
          - repeat:
              - wait: 1s
              - set: { rounds: (rounds ?? 0) + 1 }
            until: (rounds ?? 0) >= {{{2 + (mark % 2)}}}
            max: 5
            on_give_up: { done: }
          # {{{mark}}}
          - done:
        """;

    /// <summary>Writes flows of 30 expressions into a new folder.</summary>
    public static string WriteFolder(string parent, int flows)
    {
        var folder = Directory.CreateDirectory(Path.Combine(parent, "flows")).FullName;
        for (var i = 0; i < flows; i++) File.WriteAllText(Path.Combine(folder, $"bench-{i}.yaml"), WithExpressions(i, 30));
        return folder;
    }
}
