using System.CommandLine;
using Engine.Host;
using Xunit;

namespace Engine.Tests.Cli;

/// <summary>Keys are made, listed and revoked on the command line, beside a running engine too.</summary>
public sealed class KeyCommandTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("engine-key-").FullName;

    [Fact]
    public async Task A_key_is_printed_once_listed_by_name_and_gone_when_revoked()
    {
        var (added, key) = await RunAsync("add", "shop", "--scope", "api", "--scope", "ops");
        var (_, list) = await RunAsync("list");
        var (revoked, _) = await RunAsync("revoke", "shop");
        var (_, after) = await RunAsync("list");

        Assert.Equal((ExitCode.Fine, ExitCode.Fine), (added, revoked));
        Assert.Matches("^eng_[A-Za-z0-9_-]{43}\\s*$", key);
        Assert.StartsWith("shop  api ops  made ", list, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Trim(), list, StringComparison.Ordinal);
        Assert.Equal("", after);
    }

    [Fact]
    public async Task A_name_that_is_taken_or_unknown_is_misuse_and_says_what_would_be_right()
    {
        await RunAsync("add", "shop");

        Assert.Equal((ExitCode.Misuse, "engine: there is a key 'shop' already: take another name, or revoke that one first\n"), await RunAsync("add", "shop"));
        Assert.Equal((ExitCode.Misuse, "engine: there is no key 'ship': see 'engine key list'\n"), await RunAsync("revoke", "ship"));
        Assert.Equal(ExitCode.Misuse, (await RunAsync("add", "other", "--scope", "all")).Code);
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    private async Task<(int Code, string Text)> RunAsync(params string[] args)
    {
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        string[] place = ["--data", Path.Combine(root, "data"), "--key-file", Path.Combine(root, "keys", "engine.key")];
        var code = await CommandLine.RunAsync(new RootCommand { KeyCommand.Create() }, ["key", .. args, .. place], output, error, default);
        return (code, output.ToString() + error);
    }
}
