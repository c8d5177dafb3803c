using System.Text;
using Engine.Flows;
using Xunit;

namespace Engine.Tests;

/// <summary>The reference of providers' files.</summary>
public sealed class ProviderDocsTests
{
    private const string Document = "engine/docs/yaml-providers.md";

    public static TheoryData<int> Examples => [.. DocumentExample.Of(Document, "yaml provider").Select(example => example.Line)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_is_right(int line)
    {
        var example = DocumentExample.Of(Document).Single(example => example.Line == line);

        var check = ProviderCompiler.Check(new FlowSource("example.provider.yaml", Encoding.UTF8.GetBytes(example.Text)), CancellationToken.None);

        Assert.Equal([], check.Findings.Select(finding => $"{finding}"));
    }

    [Fact]
    public void Every_key_of_an_operation_is_in_the_table()
    {
        var text = DocumentExample.TextOf(Document);

        Assert.DoesNotContain(ProviderReader.OperationKeys, key => !text.Contains($"`{key}`", StringComparison.Ordinal) && !text.Contains($"`{key}:", StringComparison.Ordinal));
    }

    [Fact]
    public void The_shipped_files_are_right() => Assert.All(
        Repository.Files("plugins", "*.provider.yaml"),
        file => Assert.Equal([], ProviderCompiler.Check(new FlowSource(file, File.ReadAllBytes(file)), CancellationToken.None).Findings.Select(finding => $"{finding}")));
}
