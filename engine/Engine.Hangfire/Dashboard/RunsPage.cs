using System.Globalization;
using Engine.Host;
using Engine.Runs;
using Hangfire.Dashboard;
using Hangfire.Dashboard.Pages;
using Microsoft.Extensions.DependencyInjection;

namespace Engine.Hangfire;

/// <summary>The page that lists runs, as the engine's own store has them.</summary>
internal sealed class RunsPage : RazorPage
{
    /// <summary>Under the dashboard.</summary>
    public const string Path = "/runs";

    private const int PerPage = 50;

    public override void Execute()
    {
        Layout = new LayoutPage("Runs");
        var engine = Context.GetHttpContext().RequestServices.GetRequiredService<EmbeddedEngine>();
        var (flow, text) = (Query("flow"), Query("text"));
        RunStatus? status = Enum.TryParse<RunStatus>(Query("state"), out var wished) ? wished : null;
        var skip = int.TryParse(Query("skip"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 0;

        // Hangfire renders its pages in one go.
        var filter = new Runs.FaceFilter(Given(flow), status, Given(text), skip, PerPage + 1);
        var faces = engine.Faces.ListFacesAsync(filter, CancellationToken.None).GetAwaiter().GetResult();
        var seen = engine.Faces.MeasureLatenessAsync(CancellationToken.None).GetAwaiter().GetResult();

        WriteLiteral("<div class=\"row\"><div class=\"col-md-12\"><h1 class=\"page-header\">Runs</h1>");
        WriteLiteral(string.Create(
            CultureInfo.InvariantCulture,
            $"<p class=\"text-muted\">{seen.Open:N0} open, {seen.Due:N0} due, {seen.Stuck:N0} stuck; {(seen.Latest > TimeSpan.Zero ? $"the oldest is {seen.Latest.TotalSeconds:0.0} s late" : "none is late")}.</p>"));
        WriteFilter(engine, flow, status, text);
        WriteTable(faces.Take(PerPage));
        WritePaging(faces.Count > PerPage, skip, $"flow={Uri.EscapeDataString(flow ?? "")}&state={status}&text={Uri.EscapeDataString(text ?? "")}");
        WriteLiteral("</div></div>");
    }

    /// <summary>The run's own page.</summary>
    public static string LinkTo(RunId run) => $"/ops/runs/{run}";

    /// <summary>A run's state, in the colour of its kind. Beside runs alone its ends need no name of their own.</summary>
    public static string Label(RazorPage page, RunFace face)
    {
        var name = FaceState.NameOf(face);
        var look = FaceState.Looks[name] switch { "active" => "primary", "inactive" => "default", var other => other };
        return $"<span class=\"label label-{look}\">{name switch { FaceState.Succeeded => "Succeeded", FaceState.Failed => "Failed", _ => name }}</span>";
    }

    private void WriteFilter(EmbeddedEngine engine, string? flow, RunStatus? status, string? text)
    {
        var flows = string.Concat(engine.Flows.Offered.Select(one => one.Name).Order(StringComparer.Ordinal).Select(name => Option(name, name, name == flow)));
        var states = string.Concat(Enum.GetValues<RunStatus>().Select(one => Option(one.ToString(), Words(one), one == status)));
        WriteLiteral($"""
            <form class="form-inline" method="get" action="{Url.To(Path)}" style="margin-bottom: 16px">
              <select class="form-control input-sm" name="state" aria-label="State"><option value="">every state</option>{states}</select>
              <select class="form-control input-sm" name="flow" aria-label="Flow"><option value="">every flow</option>{flows}</select>
              <input class="form-control input-sm" name="text" placeholder="part of the run's id" aria-label="Part of the run's id" value="{DashboardParts.Encode(text)}">
              <button class="btn btn-sm btn-primary" type="submit">Show</button>
              <a class="btn btn-sm btn-default" href="{Url.To(Path)}">All</a>
            </form>
            """);
    }

    private void WriteTable(IEnumerable<RunFace> faces)
    {
        var rows = string.Concat(faces.Select(face => $"""
            <tr>
              <td class="min-width"><a href="{LinkTo(face.Id)}"><code>{DashboardParts.Encode(face.Id.Value)}</code></a></td>
              <td class="min-width">{Label(this, face)}</td>
              <td>{DashboardParts.Encode(face.Flow)}</td>
              <td>{DashboardParts.Encode(face.Step)}</td>
              <td>{DashboardParts.Encode(face.ExitCode)}</td>
              <td class="align-right">{Html.RelativeTime(face.UpdatedAt.UtcDateTime)}</td>
              <td class="align-right">{Html.RelativeTime(face.CreatedAt.UtcDateTime)}</td>
            </tr>
            """));
        WriteLiteral(rows.Length == 0
            ? "<div class=\"alert alert-info\">No run is like that.</div>"
            : $"""
               <div class="table-responsive"><table class="table table-hover">
                 <thead><tr><th class="min-width">Run</th><th class="min-width">State</th><th>Flow</th><th>Step</th><th>Code</th>
                   <th class="align-right">Changed</th><th class="align-right">Began</th></tr></thead>
                 <tbody>{rows}</tbody>
               </table></div>
               """);
    }

    private void WritePaging(bool hasMore, int skip, string filter)
    {
        if (skip > 0) WriteLiteral($"<a class=\"btn btn-sm btn-default\" href=\"{Url.To(Path)}?{filter}&skip={Math.Max(0, skip - PerPage)}\">Newer</a> ");
        if (hasMore) WriteLiteral($"<a class=\"btn btn-sm btn-default\" href=\"{Url.To(Path)}?{filter}&skip={skip + PerPage}\">Older</a>");
    }

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    private static string Words(RunStatus status) => status switch
    {
        RunStatus.WaitingUser => "awaiting input",
        RunStatus.WaitingProvider => "polling or retrying",
        RunStatus.WaitingCallback => "awaiting a callback",
        _ => status.ToString().ToLowerInvariant(),
    };

    private static string Option(string value, string text, bool isChosen) =>
        $"<option value=\"{DashboardParts.Encode(value)}\"{(isChosen ? " selected" : "")}>{DashboardParts.Encode(text)}</option>";
}
