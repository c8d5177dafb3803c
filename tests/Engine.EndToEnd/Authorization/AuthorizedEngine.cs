using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Engine.EndToEnd;

/// <summary>An engine that calls a real authorization server, through a plugin of the tests; each knows the other's address from the start.</summary>
public sealed class AuthorizedEngine : IAsyncLifetime
{
    private readonly TempFolder home = new();
    private EngineProcess? process;
    private EngineClient? client;
    private AuthorizationServer? server;

    internal EngineClient Client => client ?? throw new InvalidOperationException("not started");

    internal AuthorizationServer Server => server ?? throw new InvalidOperationException("not started");

    public async Task InitializeAsync()
    {
        // Without npm the tests are skipped, and the fixture has nothing to do.
        if (Tools.ReasonToSkip([Tool.Npm]) is not null) return;
        var port = FreePort();
        server = await AuthorizationServer.StartAsync(new Uri($"http://127.0.0.1:{port}/v1/return/oidc"));
        Directory.CreateDirectory(home.File("plugins"));
        CopyPlugin(home.File(Path.Combine("plugins", "Oidc")));
        File.Copy(Checkout.File("tests", "Engine.EndToEnd", "Authorization", "oidc.yaml"), Path.Combine(Directory.CreateDirectory(home.File("flows")).FullName, "oidc.yaml"));
        File.Copy(Checkout.File("tests", "Engine.EndToEnd", "Authorization", "oidc-device.yaml"), home.File(Path.Combine("flows", "oidc-device.yaml")));
        process = EngineProcess.Start(
            home.Path,
            [
                "serve", "--real", "--port", $"{port}", "--data", home.File("data"), "--key-file", Path.Combine(home.Path, "key", "engine.key"),
                "--plugins", home.File("plugins"), "--flows", home.File("flows"),
            ],
            ("ENGINE_providers__oidc__issuer", Server.Address.AbsoluteUri.TrimEnd('/')),
            ("ENGINE_providers__oidc__client_secret", "engine-secret"));
        var address = await process.OpenAddressAsync();
        client = new EngineClient(address, await process.ApiKeyAsync());
    }

    public async Task DisposeAsync()
    {
        client?.Dispose();
        if (process is not null) await process.DisposeAsync();
        if (server is not null) await server.DisposeAsync();
        home.Dispose();
    }

    // Another process may take it before the engine does; then the engine says so and the tests fail, which has not been seen.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void CopyPlugin(string to)
    {
        var built = Path.GetFullPath(Path.Combine(
            AppContext.BaseDirectory, "..", "..", "OidcPlugin", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))));
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(built)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
