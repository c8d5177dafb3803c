using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace Engine.Flows;

/// <summary>The text of one expression: as C# reads it, of the same length as it was written.</summary>
/// <param name="Code">Texts in single quotes stand in double quotes; a double quote within them is <see cref="ExpressionScanner.InnerQuote"/>.</param>
/// <param name="End">Where it ends in the scalar; for a hole, where <c>}}</c> begins.</param>
internal sealed record ScannedExpression(string Code, int Start, int End);

/// <summary>What is wrong with an expression, and which of its characters it is about.</summary>
internal sealed record ExpressionProblem(FindingCode Code, int Start, int Length, string Message);

/// <summary>
/// Looks through the bare characters of an expression before any parser sees it: only a closed set of characters may stand outside
/// texts, and length, nesting and the number of tokens are bounded, since the C# compiler itself overflows its stack or takes
/// minutes on hostile input.
/// </summary>
internal ref struct ExpressionScanner
{
    public const int MaxCharacters = 2_000;
    public const int MaxTokens = 400;
    public const int MaxBrackets = 32;
    public const char InnerQuote = '\uE000';

    private const string Operators = "?.:,+-*/%<>=!&|";

    /// <summary>Stands for the first letter of a name that C# would take for a keyword; the flow's text still has the letter.</summary>
    private const char Disguise = '\u02D0';

    private readonly string value;
    private readonly int start;
    private readonly bool isHole;
    private readonly StringBuilder code = new();
    private readonly Stack<char> brackets = new();
    private int at;
    private int tokens;
    private string previousWord = "";
    private ExpressionProblem? problem;

    private ExpressionScanner(string value, int start, bool isHole)
    {
        this.value = value;
        this.start = start;
        this.isHole = isHole;
        at = start;
    }

    /// <param name="isHole">Whether it ends at <c>}}</c>; otherwise it takes the rest of the value.</param>
    public static ScannedExpression? Scan(string value, int start, bool isHole, out ExpressionProblem? problem)
    {
        var scanner = new ExpressionScanner(value, start, isHole);
        var isComplete = scanner.Run();
        problem = scanner.problem;
        return isComplete ? new ScannedExpression(scanner.code.ToString(), start, scanner.at) : null;
    }

    private bool Run()
    {
        while (at < value.Length)
        {
            if (isHole && brackets.Count == 0 && IsNext("}}")) return IsFull() && IsFilled();
            if (!IsFull() || !Token()) return false;
        }

        if (isHole) return Refuse(FindingCodes.HoleNotClosed, Math.Max(0, start - 2), 2, "'{{' is not closed; '}}' is missing");
        if (brackets.Count > 0) return Refuse(FindingCodes.ExpressionSyntax, value.Length, 0, $"'{Closing(brackets.Peek())}' is missing");
        return IsFull() && IsFilled();
    }

    private bool Token()
    {
        var c = value[at];
        if (char.IsWhiteSpace(c)) return Keep(' ');
        if (char.IsAsciiLetterOrDigit(c) || c == '_') return Word();
        tokens++;
        if (c is '"' or '\'') return Text(c);
        if (c is '(' or '[' or '{') return Open(c);
        if (c is ')' or ']' or '}') return Close(c);
        if (IsNext("//") || IsNext("/*")) return Refuse(FindingCodes.ExpressionNotAllowed, at, 2, "a comment cannot stand in an expression");
        if (IsNext("..")) return Refuse(FindingCodes.ExpressionNotAllowed, at, 2, "ranges are not part of expressions");
        if (Operators.Contains(c)) return Operator();
        return Refuse(FindingCodes.ExpressionNotAllowed, at, 1, c switch
        {
            '$' => "'$' texts are not part of expressions; a text with {{ holes }} does the same",
            '@' or '\\' or '#' or ';' or '^' or '~' or '`' => $"'{c}' is not part of expressions",
            _ => "this character is not part of expressions; letters outside of a text are a to z",
        });
    }

    private bool Word()
    {
        tokens++;
        var begin = code.Length;
        while (at < value.Length && (char.IsAsciiLetterOrDigit(value[at]) || value[at] == '_')) Keep(value[at]);
        var word = code.ToString(begin, code.Length - begin);
        if (IsName(word, begin)) code[begin] = Disguise;
        previousWord = word;
        return true;
    }

    /// <summary>Whether a C# keyword is a name here: <c>connection.params</c>, <c>status is new</c>.</summary>
    private readonly bool IsName(string word, int begin)
    {
        var kind = SyntaxFacts.GetKeywordKind(word);
        if (kind == SyntaxKind.None || !SyntaxFacts.IsReservedKeyword(kind)) return false;
        var before = begin - 1;
        while (before >= 0 && code[before] == ' ') before--;
        if (before >= 0 && code[before] == '.') return true;
        if (kind is SyntaxKind.NullKeyword or SyntaxKind.TrueKeyword or SyntaxKind.FalseKeyword or SyntaxKind.IsKeyword) return false;
        if (before > 0 && code[before] == '=' && code[before - 1] is '=' or '!') return true;
        if (before >= 0 && char.IsAsciiLetter(code[before]) && previousWord is "is" or "or" or "and" or "not") return true;
        return SyntaxFacts.IsPredefinedType(kind) || kind is SyntaxKind.EventKeyword or SyntaxKind.ClassKeyword or SyntaxKind.LockKeyword
            or SyntaxKind.ParamsKeyword or SyntaxKind.OperatorKeyword or SyntaxKind.InterfaceKeyword or SyntaxKind.PublicKeyword;
    }

    private bool Operator()
    {
        // '>>' of nested generics, '??' and '&&' count once; more exactness is not needed for a bound.
        var c = value[at];
        Keep(c);
        while (at < value.Length && value[at] == c && c is '?' or '&' or '|' or '=') Keep(c);
        return true;
    }

    private bool Text(char quote)
    {
        var begin = at;
        if (IsNext("\"\"\"")) return Refuse(FindingCodes.ExpressionNotAllowed, at, 3, "texts stand in single or double quotes");
        Keep('"');
        while (at < value.Length)
        {
            var c = value[at];
            if (c == quote) return Keep('"');
            if (c is '\n' or '\r' or InnerQuote) break;
            if (c == '\\' && at + 1 < value.Length) Keep(c);
            Keep(value[at] == '"' && quote == '\'' && c != '\\' ? InnerQuote : value[at]);
        }

        return Refuse(FindingCodes.ExpressionSyntax, begin, 1, $"the text is not closed; {quote} is missing");
    }

    private bool Open(char bracket)
    {
        brackets.Push(bracket);
        return brackets.Count <= MaxBrackets
            ? Keep(bracket)
            : Refuse(FindingCodes.ExpressionTooDeep, at, 1, $"brackets are nested deeper than {MaxBrackets}");
    }

    private bool Close(char bracket)
    {
        if (brackets.Count == 0) return Refuse(FindingCodes.ExpressionSyntax, at, 1, $"'{bracket}' closes nothing");
        var expected = Closing(brackets.Pop());
        return bracket == expected
            ? Keep(bracket)
            : Refuse(FindingCodes.ExpressionSyntax, at, 1, $"'{expected}' is expected here, not '{bracket}'");
    }

    private bool IsFull()
    {
        if (at - start > MaxCharacters)
        {
            return Refuse(FindingCodes.ExpressionTooLong, start, 1, $"the expression is longer than {MaxCharacters} characters");
        }

        return tokens <= MaxTokens
            || Refuse(FindingCodes.ExpressionTooLong, start, 1, $"the expression has more than {MaxTokens} words and signs");
    }

    private bool IsFilled() =>
        tokens > 0 || Refuse(
            FindingCodes.ExpressionMissing, Math.Max(0, isHole ? start - 2 : start), isHole ? 2 : 1, "an expression is missing here");

    private readonly bool IsNext(string text) => string.CompareOrdinal(value, at, text, 0, text.Length) == 0;

    private static char Closing(char bracket) => bracket switch { '(' => ')', '[' => ']', _ => '}' };

    private bool Keep(char c)
    {
        code.Append(c);
        at++;
        return true;
    }

    private bool Refuse(FindingCode finding, int from, int length, string message)
    {
        problem = new ExpressionProblem(finding, from, length, message);
        return false;
    }
}
