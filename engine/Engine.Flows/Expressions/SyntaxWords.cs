using Microsoft.CodeAnalysis;

namespace Engine.Flows;

/// <summary>What the C# parser says about an expression, in the flow's words.</summary>
internal static class SyntaxWords
{
    public static string Of(Diagnostic wrong) => wrong.Id switch
    {
        "CS1026" => "')' is missing",
        "CS1513" => "'}' is missing",
        "CS1003" => "something is missing here, such as ',' or ':'",
        "CS1525" or "CS1733" => "an expression is missing here",
        "CS1001" => "a name is missing here",
        "CS1010" or "CS1039" => "the text is not closed",
        "CS1009" => "a backslash stands before a character that needs none",
        "CS1021" => "the number is too large",
        "CS1073" when wrong.Location.SourceTree?.ToString().TrimStart().StartsWith("not ", StringComparison.Ordinal) == true =>
            "'not' stands after 'is' only; before a condition write '!', and for what may be null 'is null'",
        "CS1073" => "the expression ends before this",
        _ => "this cannot be read as an expression",
    };
}
