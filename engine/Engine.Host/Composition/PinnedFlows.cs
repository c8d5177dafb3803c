using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Engine.Flows;

namespace Engine.Host;

/// <summary>A flow version that is kept because runs may name it.</summary>
/// <param name="Providers">The plugin builds it was compiled against, by provider name.</param>
internal sealed record PinnedFlow(string Flow, string Version, ImmutableDictionary<string, string> Providers);

/// <summary>
/// The flow versions kept in the data folder: for each, <c>VERSION/flow.yaml</c>, the text as it was read, and
/// <c>VERSION/pinned.json</c>, which names the plugin builds; the builds themselves are kept by the plugin catalog.
/// </summary>
internal sealed class PinnedFlows(string folder)
{
    private const string SourceName = "flow.yaml";
    private const string PinName = "pinned.json";

    /// <summary>Keeps a version, unless it is kept already.</summary>
    public void Keep(CompiledFlow flow)
    {
        var target = FolderOf(flow.Version);
        if (File.Exists(Path.Combine(target, PinName))) return;
        Directory.CreateDirectory(target);
        File.WriteAllText(Path.Combine(target, SourceName), flow.Source, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

        // Written last and renamed: where it is, the version is whole.
        var aside = Path.Combine(target, PinName + ".part");
        File.WriteAllBytes(aside, JsonSerializer.SerializeToUtf8Bytes(new PinnedFlow(flow.Name, flow.Version, flow.Providers)));
        File.Move(aside, Path.Combine(target, PinName), overwrite: true);
    }

    public PinnedFlow? Find(string flow, string version) =>
        Read(FolderOf(version)) is { } kept && kept.Flow == flow && kept.Version == version ? kept : null;

    public IReadOnlyList<PinnedFlow> All() =>
        Directory.Exists(folder) ? [.. Directory.EnumerateDirectories(folder).Select(Read).OfType<PinnedFlow>()] : [];

    public FlowSource SourceOf(PinnedFlow kept)
    {
        var path = Path.Combine(FolderOf(kept.Version), SourceName);
        return new FlowSource(path, File.ReadAllBytes(path));
    }

    public void Remove(PinnedFlow kept) => Directory.Delete(FolderOf(kept.Version), recursive: true);

    private static PinnedFlow? Read(string path)
    {
        var pin = Path.Combine(path, PinName);
        if (!File.Exists(pin)) return null;
        try
        {
            return JsonSerializer.Deserialize<PinnedFlow>(File.ReadAllBytes(pin));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string FolderOf(string version) => Path.Combine(folder, Path.GetFileName(version));
}
