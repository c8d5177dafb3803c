using System.Text.Json;
using Engine.Sdk;
using Xunit;

namespace Engine.Tests;

public sealed class RecordTests
{
    private const string Flow = """
        flow: records
        uses: { radist: radist }
        purpose: [connect]
        input: { name: string, class: string?, count_2: int, agree: { type: bool, default: "true" }, key: secret }
        fails: [in_doubt]
        vars: { size: int? }
        steps:
          - prompt:
              code_1: code
              phone: phone?
              password: secret
              way: { type: select, options: { qr: { en: QR, ru: QR }, by_code: { en: Code, ru: Код } } }
            as: form
          - call: radist.list
            as: listing
          - call: radist.create_connection
            with: { type: telegram, name: "{{ form.code_1 }}", session_id: =form.password }
            undo: none
            because: it cannot be
            as: made
            leftover: { id: =made.id, note: =listing.note }
          - if: leftover is not null && leftover.note is null
            then: []
          - set: { size: listing.count }
          - connect:
              identity: { key: =made.id }
              on_other_account: reject
              on_duplicate: allow
              params: { size: =size, way: =form.way, until: =listing.until, price: =listing.price, title: "{{ input.name }}!" }
              credentials: { token: =listing.token }
        """;

    [Theory]
    [InlineData("Generated.Input", """{"name":"n","class":"c","count_2":2,"agree":true,"key":"k"}""")]
    [InlineData("Generated.Form1", """{"code_1":"0012","phone":"+1","password":"p","way":"by_code","left":2}""")]
    [InlineData("Generated.Params", """{"size":3,"way":"qr","until":"2031-02-03T04:05:06+00:00","price":2.5,"title":"n!"}""")]
    [InlineData("Generated.Leftover", """{"id":5,"note":"x"}""")]
    [InlineData("Generated.Connection", """{"id":"c1","params":{"size":3,"way":"qr","price":2.5,"title":"n!"}}""")]
    [InlineData("Generated.Credentials", """{"token":"t"}""")]
    public void A_generated_record_goes_through_json_unchanged(string type, string json)
    {
        var compiled = Compiled.Of(Flow);

        Assert.Equal(json, JsonSerializer.Serialize(compiled.Make(type, json), compiled.Loaded.FindType(type), compiled.Loaded.Json).Replace("\\u002B", "+"));
    }

    [Fact]
    public void A_missing_optional_member_is_null()
    {
        var form = Compiled.Of(Flow).Make("Generated.Form1", """{"code_1":"1","password":"p","way":"qr","left":2}""");

        Assert.Null(form.GetType().GetProperty("phone")!.GetValue(form));
        Assert.IsType<Secret>(form.GetType().GetProperty("password")!.GetValue(form));
    }

    [Fact]
    public void The_parameters_of_a_connection_have_the_types_of_the_values_the_flow_gives()
    {
        var type = Compiled.Of(Flow).Loaded.FindType("Generated.Params");

        Assert.Equal(typeof(decimal), type.GetProperty("price")!.PropertyType);
        Assert.Equal(typeof(string), type.GetProperty("title")!.PropertyType);
        Assert.True(type.GetProperty("way")!.PropertyType.IsEnum);
    }

    [Fact]
    public void A_record_without_members_can_be_stored_too()
    {
        var compiled = Compiled.Of("flow: bare\nsteps: [ { wait: 5s } ]");

        Assert.Equal("{}", JsonSerializer.Serialize(compiled.Make("Generated.Input", "{}"), compiled.Loaded.Json));
    }
}
