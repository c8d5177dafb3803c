using System.Net;
using System.Net.Http.Json;
using Xunit;

namespace Engine.EndToEnd;

/// <summary>How the engine starts, and how it says that it cannot.</summary>
public sealed class StartTests : IDisposable
{
    private readonly TempFolder home = new();

    [Fact]
    public async Task The_address_carries_a_token_that_opens_the_engine_once()
    {
        await using var engine = EngineProcess.Serve(home.Path, []);
        var address = await engine.OpenAddressAsync();
        var token = address.Fragment["#token=".Length..];
        using var http = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = new Uri(address.GetLeftPart(UriPartial.Authority)) };

        using var first = await TradeAsync(http, token);
        using var second = await TradeAsync(http, token);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Contains("httponly", Assert.Single(first.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
        Assert.False(second.IsSuccessStatusCode);
        Assert.True(address.IsLoopback);
    }

    [Fact]
    public async Task The_first_api_key_is_printed_once_and_a_wrong_one_is_refused()
    {
        string key;
        await using (var first = EngineProcess.Serve(home.Path, []))
        {
            await first.OpenAddressAsync();
            key = await first.ApiKeyAsync();
        }

        await using var second = EngineProcess.Serve(home.Path, []);
        var address = await second.OpenAddressAsync();
        using var known = new EngineClient(address, key);
        using var unknown = new EngineClient(address, key + "x");

        Assert.DoesNotContain("eng_", second.Output, StringComparison.Ordinal);
        Assert.NotEmpty((await known.GetAsync("/v1/flows")).GetProperty("flows").EnumerateArray());
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => unknown.GetAsync("/v1/flows"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_and_exit_code_3()
    {
        await using var first = EngineProcess.Serve(home.Path, []);
        var port = (await first.OpenAddressAsync()).Port;

        await AssertCannotStartAsync(
            ["serve", "--port", $"{port}", "--data", home.File("other"), "--key-file", home.File("other.key")],
            $"engine: port {port} is in use: give --port another, or 0 for any");
    }

    [Fact]
    public async Task A_data_folder_in_use_is_one_line_and_exit_code_3()
    {
        await using var first = EngineProcess.Serve(home.Path, []);
        await first.OpenAddressAsync();

        await AssertCannotStartAsync(
            ["serve", "--port", "0", "--data", home.File("data"), "--key-file", Path.Combine(home.Path, "key", "engine.key")],
            $"engine: another engine uses the data folder '{home.File("data")}': stop it, or give --data another folder");
    }

    [Fact]
    public async Task A_data_folder_that_is_a_file_is_one_line_and_exit_code_3()
    {
        await File.WriteAllTextAsync(home.File("file"), "");

        await AssertCannotStartAsync(["serve", "--port", "0", "--data", home.File("file"), "--key-file", home.File("engine.key")], home.File("file"));
    }

    [Fact]
    public async Task A_misspelt_option_is_misuse()
    {
        await using var engine = EngineProcess.Start(home.Path, ["serve", "--prot", "0"]);

        Assert.Equal(2, await engine.ExitCodeAsync());
        Assert.Contains("--prot", engine.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => home.Dispose();

    private async Task AssertCannotStartAsync(string[] arguments, string words)
    {
        await using var engine = EngineProcess.Start(home.Path, arguments);

        Assert.Equal(3, await engine.ExitCodeAsync());
        Assert.Contains(words, Assert.Single(engine.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Empty(engine.Output);
    }

    private static async Task<HttpResponseMessage> TradeAsync(HttpClient http, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/session") { Content = JsonContent.Create(new { token }) };
        request.Headers.Add("Engine-Page", "1");
        request.Headers.Add("Origin", http.BaseAddress?.GetLeftPart(UriPartial.Authority));
        return await http.SendAsync(request);
    }
}
