namespace Engine.Sdk;

/// <summary>The hosts that a provider names.</summary>
internal static class HostPattern
{
    /// <summary>Whether it is a name of at least two labels, the first of which may be <c>*</c>. Addresses are for operators to set.</summary>
    public static bool IsValid(string text)
    {
        var labels = text.Split('.');
        return text.Length <= 253 && labels.Length >= 2 && labels.Skip(labels[0] == "*" ? 1 : 0).All(IsLabel)
            && labels.Length >= (labels[0] == "*" ? 3 : 2) && !labels[^1].All(char.IsAsciiDigit);
    }

    /// <summary>Whether a host is the one that a pattern names, or has exactly one label where the pattern has <c>*</c>.</summary>
    public static bool Fits(string pattern, string host)
    {
        if (!pattern.StartsWith("*.", StringComparison.Ordinal)) return host.Equals(pattern, StringComparison.OrdinalIgnoreCase);
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && host[(dot + 1)..].Equals(pattern[2..], StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
