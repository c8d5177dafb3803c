using Engine.Flows;
using Xunit;

namespace Engine.Tests;

public sealed class UnsetValueTests
{
    /// <summary>C# takes a variable of a struct without fields for set from the beginning, and the reference assembly had such structs.</summary>
    [Theory]
    [InlineData("30.minutes")]
    [InlineData("now")]
    [InlineData("7")]
    [InlineData("listing.price")]
    [InlineData("listing.key")]
    [InlineData("listing.until")]
    public void A_value_of_every_kind_is_known_to_be_unset(string value)
    {
        var check = Compiled.Check(
            $$"""
            flow: one
            uses: { radist: radist }
            steps:
              - call: radist.list
                as: listing
              - if: listing.count > 3
                then:
                  - set: { thing: {{value}} }
              - set: { copy: thing }
              - if: copy == thing
                then: []
            """);

        Assert.Contains(check.Findings, found => found.Code == FindingCodes.MayBeUnset.Code);
    }
}
