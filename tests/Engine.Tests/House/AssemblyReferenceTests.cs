using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Xunit;

namespace Engine.Tests;

/// <summary>What the built assemblies touch, read from their metadata: the framework holds more than each project may see.</summary>
public class AssemblyReferenceTests
{
    [Theory]
    [InlineData("Engine.Sdk", "Microsoft.", "YamlDotNet")]
    [InlineData("Engine.Flows", "Microsoft.AspNetCore", "Microsoft.Extensions", "Microsoft.Data", "System.Data", "System.Net")]
    [InlineData("Engine.Plugins", "Microsoft.AspNetCore", "Microsoft.Data", "System.Data", "Engine.Storage")]
    [InlineData("Engine.Runs", "Microsoft.CodeAnalysis", "YamlDotNet", "Microsoft.AspNetCore", "Microsoft.Data", "System.Data", "System.Net")]
    [InlineData("Engine.Storage", "Microsoft.CodeAnalysis", "YamlDotNet", "Microsoft.AspNetCore", "System.Net")]
    [InlineData("Engine.Host", "Radist", "Microsoft.Data", "System.Data", "Npgsql")]
    [InlineData("Engine.Sandbox", "Engine.", "Microsoft.CodeAnalysis", "YamlDotNet")]
    public void An_assembly_does_not_touch_what_it_must_not_see(string assembly, params string[] forbidden)
    {
        using var image = Open(assembly, out var metadata);
        var touched = metadata.AssemblyReferences
            .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))
            .Where(name => forbidden.Any(start => name.StartsWith(start, StringComparison.Ordinal)));

        Assert.Empty(touched);
    }

    [Theory]
    [InlineData("System.IO.File")]
    [InlineData("System.IO.FileStream")]
    [InlineData("System.IO.Directory")]
    [InlineData("System.IO.DirectoryInfo")]
    [InlineData("System.TimeProvider")]
    [InlineData("System.Diagnostics.Stopwatch")]
    public void The_compiler_sees_neither_the_disk_nor_the_clock(string type)
    {
        using var image = Open("Engine.Flows", out var metadata);
        var used = metadata.TypeReferences.Select(metadata.GetTypeReference)
            .Select(reference => $"{metadata.GetString(reference.Namespace)}.{metadata.GetString(reference.Name)}");

        Assert.DoesNotContain(type, used);
    }

    private static PEReader Open(string assembly, out MetadataReader metadata)
    {
        var image = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly + ".dll")));
        metadata = image.GetMetadataReader();
        return image;
    }
}
