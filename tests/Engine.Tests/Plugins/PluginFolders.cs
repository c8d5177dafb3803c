using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Engine.Tests;

/// <summary>A folder of plugins that a test writes, in a temporary place.</summary>
internal sealed class PluginFolders : IDisposable
{
    private const string Usings =
        "using System; using System.Threading; using System.Threading.Tasks; using Engine.Sdk; using System.Runtime.CompilerServices;";

    // The SDK's reference assemblies, as a real plugin's build has them: flows are bound to the same names.
    private static readonly Lazy<MetadataReference[]> References = new(() =>
    [
        .. Directory.EnumerateFiles(ReferenceFolder, "System.*.dll").Select(path => MetadataReference.CreateFromFile(path)),
        .. ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is "Engine.Sdk.dll" or "YamlDotNet.dll")
            .Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    private readonly string root = Directory.CreateTempSubdirectory("engine-plugins-").FullName;

    /// <summary>Holds a folder for each plugin.</summary>
    public string Plugins => Directory.CreateDirectory(Path.Combine(root, "plugins")).FullName;

    /// <summary>Where the engine keeps builds.</summary>
    public string Builds => Path.Combine(root, "builds");

    /// <summary>The plugins as the host's build puts them beside it.</summary>
    public static string Shipped => Path.Combine(AppContext.BaseDirectory, "plugins");

    private static string ReferenceFolder
    {
        get
        {
            var dotnet = new FileInfo(typeof(object).Assembly.Location).Directory?.Parent?.Parent?.Parent?.FullName ?? "";
            return Directory.EnumerateDirectories(Path.Combine(dotnet, "packs", "Microsoft.NETCore.App.Ref"), "10.*")
                .Select(version => Path.Combine(version, "ref", "net10.0")).Last(Directory.Exists);
        }
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    /// <summary>Compiles the source and writes it as <c>plugins/name/name.dll</c> with its <c>.deps.json</c>.</summary>
    public void Write(string name, string source, string usings = Usings)
    {
        var compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(usings + source)],
            References.Value,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        var emitted = compilation.Emit(image);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));
        WriteFile(name, $"{name}.dll", image.ToArray());
        WriteFile(name, $"{name}.deps.json",
            """{"runtimeTarget":{"name":".NETCoreApp,Version=v10.0"},"targets":{".NETCoreApp,Version=v10.0":{}},"libraries":{}}"""u8.ToArray());
    }

    public void WriteFile(string plugin, string file, byte[] content)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Plugins, plugin)).FullName;
        File.WriteAllBytes(Path.Combine(folder, file), content);
    }
}
