extern alias plugin;

using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Engine.Plugins;
using plugin::Radist;
using Xunit;

namespace Engine.Tests;

public sealed partial class SandboxServerTests
{
    [Theory]
    [InlineData("radist", "scan")]
    [InlineData("whatsgate", "link")]
    public async Task A_shipped_simulator_is_found_beside_its_plugin(string provider, string first)
    {
        await using var world = await SimulatedRadist.StartAsync();

        var simulator = Assert.Single(world.Server.Simulators, simulator => simulator.Provider == provider);

        Assert.Empty(world.Server.Problems);
        Assert.Equal(first, simulator.Scenarios[0].Name);
        Assert.All(simulator.Scenarios, scenario =>
        {
            Assert.Matches("^[a-z]+(-[a-z]+)*$", scenario.Name);
            Assert.NotEmpty(scenario.Title["en"]);
            Assert.Matches("[а-я]", scenario.Title["ru"]);
        });
    }

    [Fact]
    public async Task The_plugin_loaded_at_run_time_reaches_its_simulator_with_the_worlds_settings()
    {
        await using var world = await SimulatedRadist.StartAsync();
        using var folders = new PluginFolders();
        using var plugins = PluginCatalog.Load([PluginFolders.Shipped], folders.Builds, world.Http, TimeProvider.System);
        Assert.Empty(plugins.Problems);
        var provider = plugins.Catalog.FindProvider("radist")!;
        var input = plugins.FindAssembly("radist", provider.Build)!.GetType(provider.FindOperation("telegram_init")!.InputType)!;
        Assert.NotEqual(typeof(TelegramInit), input);

        var qr = Enum.Parse(input.GetProperty("AuthType")!.PropertyType, "Qr");
        var outcome = await plugins.CallAsync(
            "radist", provider.Build, "telegram_init", Activator.CreateInstance(input, qr, null, null)!, new ProviderSettings(world.World.Settings), default);

        var answer = Assert.IsType<CallOutcome.Answered>(outcome).Value;
        Assert.StartsWith("TelegramSession { SessionId = ***, Status = WaitingForQr, QrLogin = QrLogin { Url = ***, ", $"{answer}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"provider":"radio"}""", 404, "there is no simulator for 'radio'; there are: ")]
    [InlineData("""{"scenario":"scan"}""", 400, "send { \"provider\": …, \"scenario\": …, \"language\": …, \"continues\": …, \"engine_url\": … }; only the provider is required")]
    [InlineData("nonsense", 400, "send { \"provider\": …, \"scenario\": …, \"language\": …, \"continues\": …, \"engine_url\": … }; only the provider is required")]
    public async Task A_world_that_cannot_be_made_says_why(string body, int status, string error)
    {
        await using var world = await SimulatedRadist.StartAsync();

        using var answer = await world.Http.PostAsync(new Uri(world.Server.Address, "worlds"), new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.StartsWith(error, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scenario_that_does_not_exist_names_those_that_do()
    {
        await using var world = await SimulatedRadist.StartAsync();

        using var answer = await world.Http.PostAsJsonAsync(new Uri(world.Server.Address, "worlds"), new { provider = "radist", scenario = "scam" });

        Assert.Equal(404, (int)answer.StatusCode);
        Assert.StartsWith(
            "there is no scenario 'scam'; there are: scan, manual, two-step, ",
            (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_world_is_made_and_looked_up_over_http()
    {
        await using var world = await SimulatedRadist.StartAsync();

        using var answer = await world.Http.PostAsJsonAsync(
            new Uri(world.Server.Address, "worlds"), new { provider = "radist", scenario = "two-step", language = "ru" });
        var made = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var id = made.GetProperty("id").GetString();

        Assert.Equal(201, (int)answer.StatusCode);
        Assert.Equal($"{world.Server.Address}radist/{id}", made.GetProperty("base_url").GetString());
        Assert.Equal($"{world.Server.Address}radist/{id}/phone?lang=ru", made.GetProperty("phone_url").GetString());
        Assert.Equal(["base_url", "api_key", "company_id"], made.GetProperty("settings").EnumerateObject().Select(setting => setting.Name));
        Assert.Equal(made.GetRawText(), await world.Http.GetStringAsync(new Uri(world.Server.Address, $"worlds/{id}")));
        Assert.Equal("""{"calls":[]}""", await world.Http.GetStringAsync(new Uri(world.Server.Address, $"worlds/{id}/calls")));
    }

    [Fact]
    public async Task A_web_page_elsewhere_cannot_make_worlds()
    {
        await using var world = await SimulatedRadist.StartAsync();

        using var answer = await world.Http.PostAsync(
            new Uri(world.Server.Address, "worlds"), new StringContent("""{"provider":"radist"}""", Encoding.UTF8, "text/plain"));

        Assert.Equal(415, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("radist/0123456789abcdef0123456789abcdef/phone")]
    [InlineData("radist/..%2f..%2fport/phone")]
    [InlineData("worlds/0123456789abcdef0123456789abcdef/calls")]
    public async Task A_world_that_does_not_exist_is_404(string path)
    {
        await using var world = await SimulatedRadist.StartAsync();

        using var answer = await world.Http.GetAsync(new Uri(world.Server.Address, path));

        Assert.Equal(404, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Every_call_is_recorded_also_one_to_an_unknown_path_or_with_a_wrong_key()
    {
        await using var world = await SimulatedRadist.StartAsync();
        await world.InitAsync();
        (await world.Http.GetAsync(new Uri($"{world.World.BaseUrl}/no/such?x=1"))).Dispose();
        (await world.Http.GetAsync(new Uri($"{world.World.BaseUrl}/companies/4242/connections/"))).Dispose();

        var calls = world.Server.FindCalls(world.World.Id)!;

        Assert.Equal(["telegram_init 200", " 404", "list_connections 401"], world.Calls);
        Assert.Equal((2, "GET", "/no/such", world.Time.GetUtcNow()), (calls[1].Number, calls[1].Method, calls[1].Path, calls[1].At));
    }

    [Fact]
    public async Task A_restart_loses_nothing_and_keeps_the_port()
    {
        await using var world = await SimulatedRadist.StartAsync("create-lost");
        var session = await world.InitAsync();
        world.Time.Step(TimeSpan.FromMinutes(1));
        await world.CreateAsync(session);
        var (calls, address) = (world.Calls.ToArray(), world.Server.Address);
        await File.AppendAllTextAsync(world.WorldFile, """{"call":{"number":3,"at":"2031-""");

        await world.RestartAsync();

        Assert.Equal(address, world.Server.Address);
        Assert.Equal(calls, world.Calls);
        Assert.NotNull((await world.FindAsync(session)).Value);
        Assert.Equal(SessionStatus.Authenticated, (await world.LoginAsync(session)).Status);

        await world.RestartAsync();
        Assert.Equal([.. calls, "list_connections 200", "telegram_login 200"], world.Calls);
    }

    [Fact]
    public async Task Concurrent_calls_are_each_recorded_once()
    {
        await using var world = await SimulatedRadist.StartAsync();
        var session = await world.InitAsync();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => world.LoginAsync(session)));
        await world.RestartAsync();

        Assert.Equal(Enumerable.Range(1, 51), world.Server.FindCalls(world.World.Id)!.Select(call => call.Number));
    }

    [Fact]
    public async Task A_simulator_that_cannot_be_loaded_is_told()
    {
        using var folders = new PluginFolders();
        folders.Write("Nothing", "public class Nothing;");
        Directory.CreateDirectory(Path.Combine(folders.Plugins, "Good"));
        Directory.Move(Path.Combine(folders.Plugins, "Nothing"), Path.Combine(folders.Plugins, "Good", "simulator"));
        var data = Path.Combine(folders.Builds, "data");

        await using var server = await Engine.Sandbox.SandboxServer.StartAsync(new(data, [folders.Plugins], TimeProvider.System), default);

        Assert.Empty(server.Simulators);
        Assert.EndsWith("it must have one public class that implements ISimulator, not 0", Assert.Single(server.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_phone_scans_what_is_shown_and_ends_the_session()
    {
        await using var world = await SimulatedRadist.StartAsync("manual");
        Assert.Equal(409, await world.PostPhoneAsync("scan"));
        var session = await world.InitAsync();
        Assert.Equal(200, await world.PostPhoneAsync("two-step?on=true"));
        Assert.Equal(200, await world.PostPhoneAsync("scan"));

        Assert.Equal(SessionStatus.WaitingForPassword, (await world.LoginAsync(session)).Status);
        Assert.Equal(SessionStatus.Authenticated, (await world.LoginAsync(session, password: "correct horse")).Status);
        Assert.Equal(200, await world.PostPhoneAsync("end"));
        Assert.Equal("session_lost", (await world.TryLoginAsync(session)).Failure?.Code);
        Assert.Contains("phone.scan 200", world.Calls);
    }

    [Fact]
    public async Task The_phone_shows_the_code_in_telegrams_chat_and_what_is_stored()
    {
        await using var world = await SimulatedRadist.StartAsync("manual");
        var session = await world.InitAsync(AuthType.Code);
        await world.LoginAsync(session, code: "12345");
        await world.CreateAsync(session);

        var state = JsonElement.Parse(await world.GetAsync("phone/state?lang=ru"));

        Assert.Equal("Само ничего не происходит: управляйте телефоном", state.GetProperty("scenario").GetString());
        Assert.Equal("authenticated", state.GetProperty("stage").GetString());
        Assert.Equal("12345", state.GetProperty("chat")[0].GetProperty("code").GetString());
        Assert.StartsWith("Telegram #", state.GetProperty("connections")[0].GetProperty("name").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_phones_page_runs_under_a_strict_policy()
    {
        await using var world = await SimulatedRadist.StartAsync();

        using var answer = await world.Http.GetAsync(new Uri(world.World.PhoneUrl));
        var page = await answer.Content.ReadAsStringAsync();

        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotMatch(InlineCode(), page);
        Assert.Contains("sandbox.js", await world.GetAsync("phone.js"), StringComparison.Ordinal);
        Assert.Contains("export function begin", await world.GetAsync("sandbox.js"), StringComparison.Ordinal);
        Assert.Contains("main.phone", await world.GetAsync("sandbox.css"), StringComparison.Ordinal);
    }

    [GeneratedRegex("<style|style=|onclick|<script>")]
    private static partial Regex InlineCode();
}
