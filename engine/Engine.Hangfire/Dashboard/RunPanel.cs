using Engine.Host;
using Engine.Runs;
using Hangfire.Dashboard;
using Microsoft.Extensions.DependencyInjection;

namespace Engine.Hangfire;

/// <summary>The part of the page of a face, or of a run's retry, that shows the run as it is now, and leads to its own page.</summary>
internal static class RunPanel
{
    public static NonEscapedString Render(JobDetailsRendererDto job)
    {
        if (job.JobDetails.Job is not { Args: [string id, ..] } shown) return new NonEscapedString("");
        var isFace = shown.Type == typeof(RunFaceJob);
        if (!isFace && (shown.Type != typeof(WorkJobs) || shown.Method.Name != nameof(WorkJobs.RetryAsync))) return new NonEscapedString("");

        // Hangfire renders its pages in one go.
        var engine = job.Page.Context.GetHttpContext().RequestServices.GetRequiredService<EmbeddedEngine>();
        var faces = engine.Faces.FindFacesAsync([new RunId(id)], CancellationToken.None).GetAwaiter().GetResult();
        if (faces is not [var face]) return new NonEscapedString("<div class=\"alert alert-warning\">There is no such run any more.</div>");
        return new NonEscapedString($"""
            <h3>Run</h3>
            <table class="table table-condensed job-snippet-properties">
              <tr><td class="width-20">Run</td><td><a href="{RunsPage.LinkTo(face.Id)}"><code>{DashboardParts.Encode(id)}</code></a></td></tr>
              <tr><td>Flow</td><td>{DashboardParts.Encode(face.Flow)}</td></tr>
              <tr><td>Step</td><td>{DashboardParts.Encode(face.Step)}</td></tr>
              <tr><td>State</td><td>{RunsPage.Label(job.Page, face)}</td></tr>
              <tr><td>Began</td><td>{job.Page.Html.RelativeTime(face.CreatedAt.UtcDateTime)}</td></tr>
              {(face.IsSetBack ? $"<tr><td>Could not be advanced</td><td>{face.Crashes} times in a row</td></tr>" : "")}
              {(face.RetryAt is { } again ? $"<tr><td>Tried again</td><td>{job.Page.Html.RelativeTime(again.UtcDateTime)}</td></tr>" : "")}
              {(face.Due is { } due ? $"<tr><td>Looked at</td><td>{job.Page.Html.RelativeTime(due.UtcDateTime)}</td></tr>" : "")}
            </table>
            {(!isFace || face.Status.IsFinal() ? "" : "<p class=\"text-muted\">The job below stands for the run: <em>Requeue</em> wakes the run now, <em>Delete</em> cancels it.</p>")}
            """);
    }
}
