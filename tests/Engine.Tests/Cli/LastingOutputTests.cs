using System.Text;
using Engine.Host;
using Xunit;

namespace Engine.Tests.Cli;

public sealed class LastingOutputTests
{
    [Fact]
    public void An_output_whose_terminal_is_gone_takes_everything_and_says_nothing()
    {
        using var terminal = new ClosedTerminal();
        using var output = new LastingOutput(terminal);

        output.WriteLine("one");
        output.Write("two");
        output.Flush();

        Assert.Equal(1, terminal.Attempts);
    }

    private sealed class ClosedTerminal : TextWriter
    {
        public int Attempts { get; private set; }

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(string? value) => Refuse();

        public override void WriteLine(string? value) => Refuse();

        private void Refuse()
        {
            Attempts++;
            throw new IOException("Input/output error");
        }
    }
}
