using System.Text;
using Engine.Storage;
using Xunit;

namespace Engine.Tests.Storage;

public sealed class SealerTests
{
    private static readonly SealedPlace Place = new("run_bodies", "state", "run_a", 3);

    private readonly Sealer sealer = new(MasterKey.New());

    [Fact]
    public void What_was_sealed_opens_in_its_place()
    {
        Assert.Equal("hunter2", Open(sealer, Place, Seal("hunter2")));
        Assert.Equal("", Open(sealer, Place, Seal("")));
    }

    [Fact]
    public void The_same_value_is_sealed_differently_each_time()
    {
        Assert.NotEqual(Seal("hunter2"), Seal("hunter2"));
    }

    [Fact]
    public void Every_flipped_byte_is_noticed()
    {
        var value = Seal("hunter2");

        for (var i = 0; i < value.Length; i++)
        {
            var altered = (byte[])value.Clone();
            altered[i] ^= 1;
            Assert.Throws<SealBrokenException>(() => sealer.Open(Place, altered));
        }
    }

    [Fact]
    public void Every_cut_is_noticed()
    {
        var value = Seal("hunter2");

        for (var length = 0; length < value.Length; length++) Assert.Throws<SealBrokenException>(() =>
            sealer.Open(Place, value.AsSpan(0, length)));
    }

    [Fact]
    public void A_value_opens_in_no_other_place()
    {
        var value = Seal("hunter2");

        Assert.Throws<SealBrokenException>(() => sealer.Open(Place with { Table = "inbox" }, value));
        Assert.Throws<SealBrokenException>(() => sealer.Open(Place with { Column = "prompt" }, value));
        Assert.Throws<SealBrokenException>(() => sealer.Open(Place with { Row = "run_b" }, value));
        Assert.Throws<SealBrokenException>(() => sealer.Open(Place with { Version = 2 }, value));
    }

    [Fact]
    public void A_value_opens_with_no_other_key()
    {
        var broken = Assert.Throws<SealBrokenException>(() => new Sealer(MasterKey.New()).Open(Place, Seal("hunter2")));

        Assert.Equal(
            "the sealed value in run_bodies.state of \"run_a\" does not open: it was altered, moved here from another place, or sealed with another key",
            broken.Message);
        Assert.Null(broken.InnerException);
    }

    private byte[] Seal(string plain) => sealer.Seal(Place, Encoding.UTF8.GetBytes(plain));

    private static string Open(Sealer sealer, SealedPlace place, byte[] value) =>
        Encoding.UTF8.GetString(sealer.Open(place, value));
}
