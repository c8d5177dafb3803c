using Engine.Flows;
using Xunit;

namespace Engine.Tests;

public sealed class NearestTests
{
    private static readonly string[] Names =
        ["session", "status", "qr_login", "waiting_for_password", "authenticated", "timeout", "on_timeout", "with", "as", "call", "retry"];

    [Theory]
    [InlineData("sesion", "session")]
    [InlineData("sessoin", "session")]
    [InlineData("ststus", "status")]
    [InlineData("qrlogin", "qr_login")]
    [InlineData("QrLogin", "qr_login")]
    [InlineData("qr-login", "qr_login")]
    [InlineData("waiting_for_pasword", "waiting_for_password")]
    [InlineData("waiting_password", "waiting_for_password")]
    [InlineData("authentcated", "authenticated")]
    [InlineData("wiht", "with")]
    [InlineData("time_out", "timeout")]
    [InlineData("ontimeout", "on_timeout")]
    [InlineData("cal", "call")]
    [InlineData("retyr", "retry")]
    public void A_misspelt_name_finds_the_right_one(string misspelt, string right) => Assert.Equal(right, Nearest.Find(misspelt, Names));

    [Theory]
    [InlineData("page")]
    [InlineData("frobnicate")]
    [InlineData("")]
    public void A_name_far_from_all_finds_none(string name) => Assert.Null(Nearest.Find(name, Names));
}
