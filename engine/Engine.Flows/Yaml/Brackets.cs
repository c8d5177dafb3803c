namespace Engine.Flows;

/// <summary>Looks at unfinished expressions: YAML may have cut them.</summary>
internal static class Brackets
{
    /// <summary>Whether a bracket or a quote is still open at the end.</summary>
    public static bool AreOpen(string expression)
    {
        var depth = 0;
        var quote = '\0';
        for (var i = 0; i < expression.Length; i++)
        {
            var c = expression[i];
            if (quote != '\0')
            {
                if (c == '\\') i++;
                else if (c == quote) quote = '\0';
            }
            else if (c is '"' or '\'')
            {
                quote = c;
            }
            else if (c is '(' or '[' or '{')
            {
                depth++;
            }
            else if (c is ')' or ']' or '}')
            {
                depth--;
            }
        }

        return depth > 0 || quote != '\0';
    }

    /// <summary>Whether something must follow: an open bracket or quote, or an operator at the end.</summary>
    public static bool IsUnfinished(string expression) =>
        AreOpen(expression) ||
        expression.TrimEnd() is [.., '=' or '<' or '>' or '&' or '|' or '+' or '-' or '*' or '/' or '?' or ':' or ',' or '.'];
}
