using System.Text.RegularExpressions;
using Engine.Flows;

namespace Engine.Tests;

/// <summary>
/// A fenced block of a document, by the words behind its opening fence. A <c>yaml flow</c> is a whole flow, <c>yaml wrong</c> one that is refused;
/// <c>yaml steps</c> are steps that stand behind the document's <c>yaml frame</c>. A <c>yaml file</c> is a whole file of flow tests;
/// <c>yaml tests</c> are some that stand under the document's <c>yaml head</c>, <c>yaml failing</c> those that fail. A <c>yaml provider</c> is a whole
/// file of a provider; <c>yaml operations</c> stand under the document's <c>yaml api</c>.
/// </summary>
/// <param name="Line">The line of the fence, from 1.</param>
/// <param name="Head">What stands before it, so that both are a whole file; empty for a whole one.</param>
internal sealed partial record DocumentExample(string Document, int Line, string Kind, string Text, string Head)
{
    /// <summary>All documents, as paths below the repository.</summary>
    public static IEnumerable<string> Documents =>
        Repository.Files("engine/docs", "*.md").Select(file => Path.GetRelativePath(Repository.Root, file)).Prepend("README.md");

    /// <summary>The whole file that it is part of, as written.</summary>
    public string Whole => Head + (IsIndented ? Indented(Text) : Text);

    private bool IsIndented => Kind is "yaml tests" or "yaml failing" or "yaml operations";

    /// <summary>The blocks of a document that are of these kinds, or all.</summary>
    public static IEnumerable<DocumentExample> Of(string document, params string[] kinds)
    {
        var text = TextOf(document);
        var blocks = Block().Matches(text);
        return blocks.Where(block => kinds.Length == 0 || kinds.Contains(Kind(block)))
            .Select(block => new DocumentExample(
                document, text.AsSpan(0, block.Index).Count('\n') + 1, Kind(block), Body(block), Kind(block) switch
                {
                    "yaml steps" => Only("yaml frame"),
                    "yaml tests" or "yaml failing" => Only("yaml head"),
                    "yaml operations" => Only("yaml api"),
                    _ => "",
                }));

        string Only(string kind) => Body(blocks.Single(block => Kind(block) == kind));
        static string Kind(Match block) => block.Groups["kind"].Value;
        static string Body(Match block) => block.Groups["text"].Value;
    }

    public static string TextOf(string document) => File.ReadAllText(Repository.Path(document)).ReplaceLineEndings("\n");

    /// <summary>Findings in the part that the example itself gives, at their lines there.</summary>
    public IReadOnlyList<Finding> Own(IEnumerable<Finding> findings)
    {
        var above = Head.Count(letter => letter == '\n');
        var margin = IsIndented ? 2 : 0;
        return [.. findings.Where(finding => finding.Place.Line > above).Select(finding => finding with
        {
            Place = finding.Place with
            {
                Line = finding.Place.Line - above, EndLine = finding.Place.EndLine - above,
                Column = finding.Place.Column - margin, EndColumn = finding.Place.EndColumn - margin,
            },
        })];
    }

    private static string Indented(string yaml) => string.Concat(yaml.Split('\n').Select(line => line.Length == 0 ? "\n" : $"  {line}\n"));

    [GeneratedRegex("^```(?<kind>[a-z]*(?: [a-z]+)?)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
