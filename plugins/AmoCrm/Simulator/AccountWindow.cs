using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Engine.Sandbox;

namespace AmoCrm.Simulator;

/// <summary>
/// The windows of the person's accounts: copy a code, make a long-lived token, install the widget (which sends the hook, whatever the integration's status), switch the integration
/// off (which sends the other hook), rename the account.
/// </summary>
internal static class AccountWindow
{
    public static void Map(SimulatorRoutes routes)
    {
        routes.File<AmoCrmSimulator>("window.html", "phone");
        routes.File<AmoCrmSimulator>("window.js");

        routes.View("phone/state", (world, _, now) => Shown(world, world.Read<AmoState>() ?? AmoState.Begin(world, routes.Worlds), now));
        Action("copy", (_, state, account, course, now) =>
        {
            var (after, code) = TokenApi.Issue(state, account, course, now);
            return new(after, Answer.Of(200, new { Code = code }));
        });
        Action("token", (call, state, account, _, now) =>
        {
            var (after, token) = TokenApi.IssueLongLived(state, account, call.World, now);
            return new(after, Answer.Of(200, new { Token = token }));
        });
        Action("install", (call, state, account, course, now) =>
        {
            var (after, code) = TokenApi.Issue(state, account, course, now);
            return new(after, Done) { Callbacks = [Hook("installed", ConsentPage.Back(call.World, account, code, "&from_widget=1"))] };
        });
        Action("disable", (call, state, account, _, _) =>
            new(state.SwitchedOff(account.Id), Done) { Callbacks = [Hook("disabled", DisableAddress(call.World, account))] });
        Action("rename", (_, state, account, _, now) =>
            new(state.With(account with { Host = $"{account.Subdomain}-{now.ToUnixTimeSeconds() % 1000}{account.Host[account.Subdomain.Length..]}" }), Done));

        void Action(string name, Func<SimulatorCall, AmoState, AmoAccount, Course, DateTimeOffset, Turn<AmoState>> act) =>
            routes.Operation<AmoState>("POST", $"phone/{name}", $"window.{name}", (call, before) =>
            {
                var (state, course) = (before ?? AmoState.Begin(call.World, routes.Worlds), Course.Of(call.World));
                return state.FindAccount(call.Http.Query["account"]) is { } account
                    && (name is "disable" or "rename" || AmoState.FindHindrance(account, course) is null)
                        ? act(call, state, account, course, call.Now)
                        : new(state, Answer.Of(409, new { Error = "not_possible" }));
            });
    }

    /// <summary>A call to the engine, once: what comes back is not looked at.</summary>
    private static Callback<AmoState> Hook(string name, string address) => new(
        TimeSpan.Zero, $"hook.{name}", (_, _) => new CallbackRequest(address, "") { Method = "GET" }, (state, reply) => new(state, new Answer(reply.Status, "", "")));

    private static Answer Done => Answer.Of(200, new { Done = true });

    private static string DisableAddress(World world, AmoAccount account)
    {
        var integration = AmoCrmSimulator.IntegrationOf(world);
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(integration.Secret), Encoding.UTF8.GetBytes($"{integration.Id}|{account.Id}")));
        return $"{world.Origin.HookUrl("disabled")}?account_id={account.Id}&client_uuid={integration.Id}&signature={signature}";
    }

    private static Answer Shown(World world, AmoState state, DateTimeOffset now)
    {
        var course = Course.Of(world);
        return Answer.Of(200, new
        {
            Scenario = world.Origin.Language == "ru" ? course.Ru : course.En,
            Status = JsonNamingPolicy.SnakeCaseLower.ConvertName(course.Status.ToString()),
            Accounts = state.Accounts.Select(account => new
            {
                account.Id,
                account.Name,
                account.Host,
                account.IsInstalled,
                Hindrance = AmoState.FindHindrance(account, course) ?? "",
                Grants = state.Grants.Count(grant => grant.AccountId == account.Id && !grant.IsRevoked && now < grant.RefreshEnds),
            }),
        });
    }
}
