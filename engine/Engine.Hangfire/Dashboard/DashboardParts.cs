using System.Net;
using Engine.Host;
using Hangfire;
using Hangfire.Common;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Engine.Hangfire;

/// <summary>What Engine adds to Hangfire's dashboard, and the gate before it.</summary>
internal static class DashboardParts
{
    private static readonly Lock registering = new();
    private static bool isRegistered;

    /// <summary>Adds the pages and looks, which Hangfire keeps once for a process.</summary>
    public static void Register()
    {
        lock (registering)
        {
            if (isRegistered) return;
            isRegistered = true;
            foreach (var (state, look) in FaceState.Looks)
            {
                JobHistoryRenderer.AddStateCssSuffix(state, look);
                JobHistoryRenderer.Register(state, JobHistoryRenderer.DefaultRenderer);
            }

            DashboardRoutes.Routes.AddRazorPage(RunsPage.Path, _ => new RunsPage());
            NavigationMenu.Items.Insert(0, page => new MenuItem("Runs", page.Url.To(RunsPage.Path))
            {
                Active = page.RequestPath.StartsWith(RunsPage.Path, StringComparison.OrdinalIgnoreCase),
            });
            GlobalConfiguration.Configuration.UseJobDetailsRenderer(10, RunPanel.Render);
        }
    }

    /// <summary>Maps the dashboard for operators only.</summary>
    public static void Map(WebApplication app)
    {
        var options = new DashboardOptions
        {
            AsyncAuthorization = [new OperatorsOnly()],
            DashboardTitle = "Engine",
            AppPath = "/ops",
            DisplayStorageConnectionString = false,
            DisplayNameFunc = (_, job) => NameOf(job),

            // The gate asks where a request comes from; a token would have to be shared by all nodes.
            IgnoreAntiforgeryToken = true,
        };
        app.MapHangfireDashboard(HangfireExtension.DashboardPath, options, app.Services.GetRequiredService<JobStorage>())
            .Add(endpoint =>
            {
                var dashboard = endpoint.RequestDelegate ?? throw new InvalidOperationException("the dashboard has no pages");
                endpoint.RequestDelegate = context => PassAsync(context, dashboard);
            });
    }

    private static async Task PassAsync(HttpContext context, RequestDelegate dashboard)
    {
        if (await OpsAccess.MayPassAsync(context))
        {
            SecurityHeaders.AllowDashboard(context);
            await dashboard(context);

            // Hangfire takes a button for refused where the job is not in the state it names afterwards; the face of a run never is.
            if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status422UnprocessableEntity } && FaceFilter.HasActed(context))
            {
                context.Response.StatusCode = StatusCodes.Status204NoContent;
            }
        }
        else
        {
            SendAway(context);
        }
    }

    private static void SendAway(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method)) context.Response.Redirect(OpsAccess.SignInAddress(context.Request));
        else context.Response.StatusCode = StatusCodes.Status401Unauthorized;
    }

    private static string NameOf(Job job) =>
        job.Type == typeof(RunFaceJob) && job.Args is [string run, string flow, ..]
            ? $"{flow} {run}"
            : job.Method.GetCustomAttributes(typeof(JobDisplayNameAttribute), false) is [JobDisplayNameAttribute named, ..]
                ? string.Format(System.Globalization.CultureInfo.InvariantCulture, named.DisplayName, [.. job.Args])
                : $"{job.Type.Name}.{job.Method.Name}";

    /// <summary>The gate has let the request pass; this says so to Hangfire, which would let local requests only.</summary>
    private sealed class OperatorsOnly : IDashboardAsyncAuthorizationFilter
    {
        public Task<bool> AuthorizeAsync(DashboardContext context) => OpsAccess.MayPassAsync(context.GetHttpContext());
    }

    /// <summary>Text as HTML shows it.</summary>
    public static string Encode(string? text) => WebUtility.HtmlEncode(text ?? "");
}
