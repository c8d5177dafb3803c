using System.Text;

namespace Engine.Host;

/// <summary>
/// An output that whoever writes to it may rely on: when its terminal has been closed, what is written goes nowhere, and the run
/// that is shown can still be stopped in an orderly way.
/// </summary>
internal sealed class LastingOutput(TextWriter inner) : TextWriter
{
    private volatile bool isGone;

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    public override void Flush() => Try(inner.Flush);

    private void Try(Action write)
    {
        if (isGone) return;
        try
        {
            write();
        }
        catch (IOException)
        {
            isGone = true;
        }
    }
}
