using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Engine.Host;
using Xunit;

namespace Engine.Tests.Host;

public sealed class ServeTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("engine-serve-").FullName;
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task A_port_in_use_is_said_in_one_line()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        Assert.Equal(3, await ServeAsync("--port", port.ToString(CultureInfo.InvariantCulture)));
        Assert.Equal($"engine: port {port} is in use: give --port another, or 0 for any\n", error.ToString());
    }

    [Fact]
    public async Task A_data_folder_that_another_engine_uses_is_said_in_one_line()
    {
        await using var other = await EngineServer.StartAsync(new ServerOptions(Options(), Port: 0), TimeProvider.System, default);

        Assert.Equal(3, await ServeAsync("--port", "0"));
        Assert.Equal(
            $"engine: another engine uses the data folder '{Data}': stop it, or give --data another folder\n", error.ToString());
    }

    [Fact]
    public async Task A_data_folder_that_is_a_file_is_said_in_one_line()
    {
        await File.WriteAllTextAsync(Data, "");

        Assert.Equal(3, await ServeAsync("--port", "0"));
        Assert.StartsWith($"engine: \"{Data}\": ", error.ToString(), StringComparison.Ordinal);
        Assert.Single(error.ToString().TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_key_file_inside_the_data_folder_is_refused()
    {
        Assert.Equal(3, await RunAsync("--data", Data, "--key-file", Path.Combine(Data, "engine.key"), "--port", "0"));
        Assert.Contains("engine.key", error.ToString(), StringComparison.Ordinal);
        Assert.Single(error.ToString().TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("--prot", "1")]
    [InlineData("--port", "many")]
    [InlineData("--port", "65536")]
    [InlineData("--sandbox-url", "nowhere")]
    [InlineData("--settings", "missing.json")]
    public async Task What_cannot_be_meant_is_misuse(string option, string value)
    {
        Assert.Equal(2, await ServeAsync(option, value));
        Assert.StartsWith("engine: ", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("", output.ToString());
    }

    [Fact]
    public async Task A_sandbox_that_does_not_answer_is_said_in_one_line()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        silent.Stop();

        Assert.Equal(3, await ServeAsync("--port", "0", "--sandbox-url", $"http://127.0.0.1:{port}"));
        Assert.Equal($"engine: no sandbox answers at 'http://127.0.0.1:{port}/': start one there, or leave --sandbox-url out\n", error.ToString());
    }

    [Fact]
    public async Task It_says_where_to_go_and_shows_the_key_once()
    {
        var first = await LinesOfStartAsync();
        var second = await LinesOfStartAsync();

        Assert.Matches(@"^Open       http://127\.0\.0\.1:\d+/start#token=lnk_[\w-]{43}$", first[0]);
        Assert.Matches(@"^API key    eng_[\w-]{43}   \(shown once\)$", first[1]);
        Assert.Matches(@"^Operators  http://127\.0\.0\.1:\d+/ops ", first[2]);
        Assert.StartsWith("Plugins    all that are found, since only this machine reaches the engine", first[4], StringComparison.Ordinal);
        Assert.Equal($"Data       {Data}", first[5]);
        Assert.DoesNotContain(second, line => line.Contains("eng_", StringComparison.Ordinal));
    }

    private string Data => Path.Combine(root, "data");

    private EngineOptions Options() => new()
    {
        DataFolder = Data,
        KeyFile = Path.Combine(root, "keys", "engine.key"),
        FlowFolders = [Directory.CreateDirectory(Path.Combine(root, "flows")).FullName],
    };

    private Task<int> ServeAsync(params string[] more)
    {
        var options = Options();
        return RunAsync(["--data", options.DataFolder, "--key-file", options.KeyFile, "--flows", options.FlowFolders[0], .. more]);
    }

    private async Task<int> RunAsync(params string[] arguments)
    {
        var serve = ServeCommand.Create();
        return await CommandLine.RunAsync(new RootCommand { serve }, ["serve", .. arguments], output, error, default);
    }

    private async Task<string[]> LinesOfStartAsync()
    {
        await using var server = await EngineServer.StartAsync(new ServerOptions(Options(), Port: 0), TimeProvider.System, default);
        using var lines = new StringWriter();
        await ServeCommand.GreetAsync(server.Engine, Options(), lines, default);
        return lines.ToString().Split(Environment.NewLine);
    }
}
