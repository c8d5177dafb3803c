using System.Security.Cryptography;
using System.Text;

namespace Engine.Host;

/// <summary>
/// Lets only operators pass to <c>/ops</c>, whatever stands there, and a change only with the token of its form. A browser without a session is
/// sent to sign in.
/// </summary>
internal sealed class OpsGate(RequestDelegate next)
{
    private const string Root = "/ops";

    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!request.Path.StartsWithSegments(Root, StringComparison.OrdinalIgnoreCase))
        {
            await next(context);
            return;
        }

        if (!OpsAccess.IsRead(request) && !OpsAccess.ComesFromOurPage(request))
        {
            await Problems.ForeignOrigin().ExecuteAsync(context);
            return;
        }

        var isOpen = request.Path.Equals(OpsAccess.SignInPath, StringComparison.OrdinalIgnoreCase)
            || request.Path.Equals(LanguageChoice.Path, StringComparison.OrdinalIgnoreCase);
        if (isOpen)
        {
            await next(context);
            return;
        }

        if (await OpsAccess.FindOperatorAsync(context) is not { } someone) await SendAwayAsync(context);
        else if (!OpsAccess.IsRead(request) && !await HasTokenAsync(request, someone)) await Problems.StaleForm().ExecuteAsync(context);
        else await next(context);
    }

    private static async Task<bool> HasTokenAsync(HttpRequest request, Operator someone) =>
        request.HasFormContentType
        && (await request.ReadFormAsync(request.HttpContext.RequestAborted))[OpsAccess.FormField] is [{ } token]
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(someone.FormToken));

    private static Task SendAwayAsync(HttpContext context)
    {
        var request = context.Request;
        if (!OpsAccess.IsRead(request)) return Problems.SignInFirst().ExecuteAsync(context);

        // A link in somebody else's page or chat comes without the strict cookie; the same address asked for by a page of ours comes with it.
        if (request.Headers["Sec-Fetch-Site"] is ["cross-site" or "same-site"])
        {
            return OpsPage.SendAsync(context, StatusCodes.Status200OK, OpsPage.Again(request.Path + request.QueryString));
        }

        context.Response.Redirect(OpsAccess.SignInAddress(request));
        return Task.CompletedTask;
    }
}
