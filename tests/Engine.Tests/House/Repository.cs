using System.Xml.Linq;

namespace Engine.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string Path(string relative) => System.IO.Path.Combine(Root, relative);

    /// <summary>The project files below a folder, build output left out.</summary>
    public static IEnumerable<ProjectFile> Projects(string folder) =>
        Files(folder, "*.csproj").Select(file => new ProjectFile(file, XDocument.Load(file)));

    /// <summary>The files below a folder, build output left out.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.Exists(Path(folder))
            ? Directory.EnumerateFiles(Path(folder), pattern, SearchOption.AllDirectories).Where(IsSource).Order(StringComparer.Ordinal)
            : [];

    private static bool IsSource(string file) =>
        !System.IO.Path.GetRelativePath(Root, file).Split(System.IO.Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "artifacts");

    private static string Find(string folder) =>
        File.Exists(System.IO.Path.Combine(folder, "Engine.sln"))
            ? folder
            : Find(System.IO.Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the tests were not built inside the checkout"));
}

/// <summary>One project as its file says it.</summary>
internal sealed record ProjectFile(string File, XDocument Xml)
{
    public string Name => Path.GetFileNameWithoutExtension(File);

    public bool IsWeb => Xml.Root?.Attribute("Sdk")?.Value == "Microsoft.NET.Sdk.Web";

    public IEnumerable<string> Packages => Included("PackageReference");

    public IEnumerable<string> Frameworks => Included("FrameworkReference");

    /// <summary>The projects whose types this one can use.</summary>
    public IEnumerable<string> References => ReferenceElements.Where(reference => !IsBuiltBeside(reference)).Select(NameOf);

    /// <summary>The projects that are only built with this one.</summary>
    public IEnumerable<string> BuiltBeside => ReferenceElements.Where(IsBuiltBeside).Select(NameOf);

    public override string ToString() => Name;

    private IEnumerable<XElement> ReferenceElements =>
        Xml.Descendants("ProjectReference").Where(reference => reference.Attribute("Include") is not null);

    // The host's project file turns a reference with a plugin folder into one without the assembly; AssemblyReferenceTests looks at the result.
    private static bool IsBuiltBeside(XElement reference) =>
        reference.Attribute("ReferenceOutputAssembly")?.Value == "false" || reference.Attribute("PluginFolder") is not null;

    private static string NameOf(XElement reference) => Path.GetFileNameWithoutExtension(reference.Attribute("Include")?.Value ?? "");

    private IEnumerable<string> Included(string element) =>
        Xml.Descendants(element).Select(item => item.Attribute("Include")?.Value ?? "");
}
