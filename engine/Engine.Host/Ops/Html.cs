using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Engine.Host;

/// <summary>
/// Markup that may be sent as it is. It is written as an interpolated string: what stands in the code is markup, what comes through a hole is text
/// and is encoded, unless it is <see cref="Html"/> itself. There is no other way to make it.
/// </summary>
internal sealed class Html
{
    private readonly string markup;

    private Html(string markup) => this.markup = markup;

    public static Html Empty { get; } = new("");

    public static Html Of(HtmlWriter written) => new(written.Written());

    public static Html Join(IEnumerable<Html> parts) => new(string.Concat(parts.Select(part => part.markup)));

    /// <summary>The markup where a condition holds.</summary>
    public static Html If(bool condition, Func<Html> then) => condition ? then() : Empty;

    public override string ToString() => markup;
}

/// <summary>Takes an interpolated string apart. A type that no overload names does not compile.</summary>
[InterpolatedStringHandler]
internal readonly struct HtmlWriter(int literalLength, int formattedCount)
{
    // Whatever language a person writes in stays readable; what means something to a browser does not stay at all.
    private static readonly HtmlEncoder encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder text = new(literalLength + (formattedCount * 16));

    public void AppendLiteral(string literal) => text.Append(literal);

    public void AppendFormatted(Html? html) => Add(html?.ToString() ?? "");

    public void AppendFormatted(IEnumerable<Html> parts) => Add(Html.Join(parts).ToString());

    public void AppendFormatted(string? value) => Add(encoder.Encode(value ?? ""));

    public void AppendFormatted(long value) => Add(value.ToString(CultureInfo.InvariantCulture));

    public string Written() => text.ToString();

    private void Add(string encoded)
    {
        // Encoding keeps a value inside quotation marks; without them a blank would end it.
        if (text.Length > 0 && text[^1] == '=') throw new InvalidOperationException("an attribute's value must stand between quotation marks");
        text.Append(encoded);
    }
}
