using System.Text;

namespace Engine.Flows;

/// <summary>Names as flows write them (<c>qr_login</c>) and as C# does (<c>QrLogin</c>).</summary>
internal static class Names
{
    /// <summary>Whether it can be put into generated code as it is: <c>[a-z][a-z0-9_]*</c>, at most 64 characters.</summary>
    public static bool IsPlain(string name)
    {
        if (name.Length is 0 or > 64 || name[0] is < 'a' or > 'z') return false;
        foreach (var c in name)
        {
            if (c is not (>= 'a' and <= 'z' or >= '0' and <= '9' or '_')) return false;
        }

        return true;
    }

    public static string Pascal(string name)
    {
        var text = new StringBuilder(name.Length);
        var isUp = true;
        foreach (var c in name)
        {
            if (c != '_') text.Append(isUp ? char.ToUpperInvariant(c) : c);
            isUp = c == '_';
        }

        return text.ToString();
    }

    public static string Snake(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            var begins = i > 0 && char.IsUpper(name[i]) && name[i - 1] != '_'
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (begins) text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }

    /// <summary>What both ways of writing, and acronyms such as <c>QRUrl</c>, have in common.</summary>
    public static string Fold(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
