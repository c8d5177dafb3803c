using System.Globalization;
using Engine.Storage;
using Xunit;

namespace Engine.Tests.Storage;

public sealed class KeyFileTests
{
    [Fact]
    public async Task The_first_start_makes_a_key_that_only_its_owner_can_read()
    {
        await using var folder = StoreFolder.New();
        await using var store = await folder.OpenAsync(new StoreClock());

        Assert.Matches("^engine-key-1 [0-9a-f]{16} [A-Za-z0-9+/]{43}=\n$", await File.ReadAllTextAsync(folder.Key));
        Assert.Equal([folder.Key], Directory.GetFiles(folder.In("keys")));
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal("600", Mode(folder.Key));
        Assert.Equal("700", Mode(folder.In("keys")));
        Assert.Equal("700", Mode(folder.Data));
        Assert.All(Directory.GetFiles(folder.Data), x => Assert.Equal("600", Mode(x)));
    }

    [Fact]
    public async Task The_next_start_takes_the_same_key()
    {
        await using var folder = StoreFolder.New();
        await (await folder.OpenAsync(new StoreClock())).DisposeAsync();
        var key = await File.ReadAllTextAsync(folder.Key);

        await (await folder.OpenAsync(new StoreClock())).DisposeAsync();

        Assert.Equal(key, await File.ReadAllTextAsync(folder.Key));
    }

    [Theory]
    [InlineData("engine.key")]
    [InlineData("below/engine.key")]
    [InlineData("../data/engine.key")]
    public async Task A_key_inside_the_data_folder_is_refused(string name)
    {
        await using var folder = StoreFolder.New();
        var key = Path.Combine(folder.Data, name);

        Assert.Equal(
            $"\"{key}\": the key file lies inside the data folder \"{folder.Data}\"; choose a place outside it, so that a copy of the data holds no key",
            await folder.RefusalAsync(key: key));
        Assert.False(Directory.Exists(folder.Data));
    }

    [Fact]
    public async Task A_key_that_a_link_leads_into_the_data_folder_is_refused()
    {
        await using var folder = StoreFolder.New();
        Directory.CreateDirectory(folder.Data);
        Directory.CreateSymbolicLink(folder.In("link"), folder.Data);

        Assert.Contains("lies inside the data folder", await folder.RefusalAsync(key: folder.In("link/engine.key")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_beside_a_data_folder_with_the_same_beginning_is_taken()
    {
        await using var folder = StoreFolder.New();

        await (await EngineStore.OpenAsync(new StorePlace.Folder(folder.Data), folder.In("data-key"), new StoreClock(), default)).DisposeAsync();

        Assert.True(File.Exists(folder.In("data-key")));
    }

    [Fact]
    public async Task A_key_that_others_can_read_is_refused()
    {
        if (OperatingSystem.IsWindows()) return;
        await using var folder = StoreFolder.New();
        await (await folder.OpenAsync(new StoreClock())).DisposeAsync();
        File.SetUnixFileMode(folder.Key, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        Assert.Equal(
            $"\"{folder.Key}\": the key file may be read by others (mode 0644); run: chmod 600 \"{folder.Key}\"", await folder.RefusalAsync());
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("hello world", "it does not begin with \"engine-key-1\"")]
    [InlineData("engine-key-1 0011223344556677", "it is not \"engine-key-1\", the key's id and the key")]
    [InlineData("engine-key-1 0011223344556677 !!!!", "its key is not base64")]
    [InlineData("engine-key-1 0011223344556677 AAAAAAAAAAAAAAAAAAAAAA==", "its key has 16 bytes and must have 32")]
    [InlineData("engine-key-1 0011223344556677 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "its key does not belong to its id")]
    public async Task A_damaged_key_is_refused(string content, string fact)
    {
        await using var folder = StoreFolder.New();
        WriteKey(folder, content);

        Assert.Equal($"\"{folder.Key}\": the key file is damaged: {fact}; bring back the file that the engine made", await folder.RefusalAsync());
        Assert.Equal(content, await File.ReadAllTextAsync(folder.Key));
    }

    [Fact]
    public async Task A_missing_key_is_not_made_anew_where_something_is_sealed()
    {
        await using var folder = StoreFolder.New();
        await (await folder.OpenAsync(new StoreClock())).DisposeAsync();
        var id = (await File.ReadAllTextAsync(folder.Key)).Split(' ')[1];
        File.Delete(folder.Key);

        Assert.Equal(
            $"\"{folder.Key}\": the key file is missing, and the database was sealed with key {id}; bring the file back", await folder.RefusalAsync());
        Assert.False(File.Exists(folder.Key));
    }

    [Fact]
    public async Task Another_key_is_refused()
    {
        await using var folder = StoreFolder.New();
        await (await folder.OpenAsync(new StoreClock())).DisposeAsync();
        var first = (await File.ReadAllTextAsync(folder.Key)).Split(' ')[1];
        using var other = MasterKey.New();
        WriteKey(folder, $"engine-key-1 {other.Id} {other.Export()}\n");

        var refusal = await folder.RefusalAsync();

        Assert.Equal(
            $"\"{folder.Key}\": the key file holds key {other.Id}, but the database was sealed with key {first}; give the file of that key", refusal);
        Assert.DoesNotContain(other.Export(), refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_path_that_is_a_folder_is_refused()
    {
        await using var folder = StoreFolder.New();
        Directory.CreateDirectory(folder.Key);

        Assert.Equal($"\"{folder.Key}\": the key file is a folder; name a file", await folder.RefusalAsync());
    }

    [Fact]
    public async Task An_altered_seal_check_is_refused()
    {
        await using var folder = StoreFolder.New();
        await (await folder.OpenAsync(new StoreClock())).DisposeAsync();
        folder.Tamper("UPDATE settings SET value = CAST(substr(value, 1, length(value) - 1) || x'00' AS BLOB) WHERE name = 'seal_check'");

        Assert.StartsWith($"\"{folder.Database}\": its seal check does not open with the key file's key; ", await folder.RefusalAsync(), StringComparison.Ordinal);
    }

    private static void WriteKey(StoreFolder folder, string content)
    {
        Directory.CreateDirectory(folder.In("keys"));
        File.WriteAllText(folder.Key, content);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder.Key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static string Mode(string path) =>
        OperatingSystem.IsWindows() ? "" : Convert.ToString((int)File.GetUnixFileMode(path), 8).ToString(CultureInfo.InvariantCulture);
}
