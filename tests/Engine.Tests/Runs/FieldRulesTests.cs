using System.Collections.Immutable;
using Engine.Flows;
using Engine.Runs;
using Xunit;
using static Engine.Tests.LabSteps;

namespace Engine.Tests;

public sealed class FieldRulesTests
{
    [Theory]
    [InlineData(FieldType.Text, "  Anna ", "Anna")]
    [InlineData(FieldType.Secret, " p w ", " p w ")]
    [InlineData(FieldType.Phone, " +7 (900) 123-45-67", "+79001234567")]
    [InlineData(FieldType.Phone, "8.900.1234567", "89001234567")]
    [InlineData(FieldType.Code, "01 2-34", "01234")]
    [InlineData(FieldType.Url, " https://example.org/a ", "https://example.org/a")]
    [InlineData(FieldType.Number, " -1 200 ", "-1200")]
    [InlineData(FieldType.Boolean, "Yes", "true")]
    [InlineData(FieldType.Boolean, "0", "false")]
    [InlineData(FieldType.Select, "qr", "qr")]
    public void A_value_is_brought_into_shape(FieldType type, string typed, string shaped)
    {
        var check = CheckOne(NewField("f", type, options: ["qr", "code"]), typed);

        Assert.Empty(check.Errors);
        Assert.Equal(shaped, check.Values["f"]);
    }

    [Theory]
    [InlineData(FieldType.Text, "a\0b", "not_a_text")]
    [InlineData(FieldType.Phone, "12", "not_a_phone")]
    [InlineData(FieldType.Phone, "+7900abc4567", "not_a_phone")]
    [InlineData(FieldType.Phone, "+1234567890123456", "not_a_phone")]
    [InlineData(FieldType.Code, "12a4", "not_a_code")]
    [InlineData(FieldType.Code, "١٢٣", "not_a_code")]
    [InlineData(FieldType.Url, "javascript:alert(1)", "not_a_url")]
    [InlineData(FieldType.Url, "/local", "not_a_url")]
    [InlineData(FieldType.Number, "1.5", "not_a_number")]
    [InlineData(FieldType.Number, "99999999999", "not_a_number")]
    [InlineData(FieldType.Boolean, "maybe", "not_a_boolean")]
    [InlineData(FieldType.Select, "sms", "not_a_select")]
    [InlineData(FieldType.Text, "", "required")]
    [InlineData(FieldType.Text, "   ", "required")]
    public void A_value_that_does_not_fit_is_refused_with_a_text_in_both_languages(FieldType type, string typed, string code)
    {
        var error = Assert.Single(CheckOne(NewField("f", type, options: ["qr", "code"]), typed).Errors);

        Assert.Equal(("f", code), (error.Field, error.Code));
        Assert.All(["en", "ru"], language => Assert.NotEmpty(error.Text[language]));
    }

    [Fact]
    public void The_longest_value_fits_and_one_more_character_does_not()
    {
        Assert.Empty(CheckOne(NewField("f", FieldType.Text), new string('a', 64)).Errors);
        Assert.Equal("too_long", Assert.Single(CheckOne(NewField("f", FieldType.Text), new string('a', 65)).Errors).Code);
    }

    [Theory]
    [InlineData("7[0-9]{3}", "7123", true)]
    [InlineData("7[0-9]{3}", "x7123", false)]
    [InlineData("7[0-9]{3}", "7123\n", false)]
    [InlineData("a|b", "ab", false)]
    public void A_pattern_must_match_the_whole_value(string pattern, string typed, bool fits)
    {
        Assert.Equal(fits, CheckOne(NewField("f", FieldType.Secret, pattern: pattern), typed).Errors.IsEmpty);
    }

    [Fact]
    public void A_pattern_cannot_hold_a_thread()
    {
        var field = NewField("f", FieldType.Text, pattern: "(a+)+b") with { MaxLength = 4096 };

        Assert.Equal("pattern", Assert.Single(CheckOne(field, new string('a', 4096)).Errors).Code);
    }

    [Fact]
    public void An_empty_optional_field_is_missing_and_a_default_takes_its_place()
    {
        Assert.Empty(CheckOne(NewField("f", FieldType.Text, isRequired: false), " ").Values);
        Assert.Equal("d", CheckOne(NewField("f", FieldType.Text, isRequired: false) with { Default = "d" }, "").Values["f"]);
    }

    [Fact]
    public void Fields_as_a_prompt_shows_them_are_checked_alike_and_never_show_a_secrets_default()
    {
        var view = FieldRules.View([NewField("f", FieldType.Secret) with { Default = "d" }, NewField("g", FieldType.Phone)]);

        Assert.Null(view[0].Value);
        var check = FieldRules.Check(view, ImmutableDictionary<string, string>.Empty.Add("f", "x").Add("g", "+7 900 1234567"));
        Assert.Equal(("x", "+79001234567"), (check.Values["f"], check.Values["g"]));
        Assert.DoesNotContain("+7900", check.ToString(), StringComparison.Ordinal);
    }

    private static FieldCheck CheckOne(Field field, string typed) =>
        FieldRules.Check([field], ImmutableDictionary<string, string>.Empty.Add("f", typed));
}
