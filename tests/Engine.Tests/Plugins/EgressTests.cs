using System.IO.Compression;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Engine.Plugins;
using Engine.Sdk;
using Xunit;

namespace Engine.Tests;

/// <summary>Where providers may be called, and what may come back: R-66 to R-80 of the security requirements, each by its number.</summary>
public sealed class EgressTests
{
    private static readonly Egress Rule = new(["api.acme.example", "*.acme.example"], [new Uri("https://default.example:8443")], [new Uri("http://10.1.2.3:8080/base")]);

    [Theory]
    [InlineData("https://api.acme.example/v1", false)]
    [InlineData("https://API.acme.example", false)]
    [InlineData("https://shop.acme.example", false)]
    [InlineData("https://default.example:8443", false)]
    [InlineData("http://10.1.2.3:8080/other", true)]
    [InlineData("https://a.b.acme.example", null)]
    [InlineData("https://acme.example", null)]
    [InlineData("https://evil.example", null)]
    [InlineData("https://api.acme.example.evil.example", null)]
    [InlineData("https://default.example", null)]
    [InlineData("https://10.1.2.3:8080", null)]
    [InlineData("http://10.1.2.3", null)]
    public void R66_only_declared_hosts_may_be_called(string address, bool? expected) => Assert.Equal(expected, Rule.FindApproval(new Uri(address)));

    [Fact]
    public async Task R66_a_host_that_is_not_declared_is_refused_before_anything_is_sent()
    {
        var server = ScriptedProvider.Answering(200, "{}");
        var http = new ProviderHttp(new HttpMessageInvoker(server), TimeProvider.System).Within(Rule).At(new Uri("https://evil.example"));

        var result = await http.SendAsync<Thing>(ProviderRequest.Get("x", "AskAsync"), default);

        Assert.Equal("config_error", result.Failure?.Code);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("http://api.acme.example", null)]
    [InlineData("https://api.acme.example:444", null)]
    [InlineData("https://api.acme.example:443", false)]
    public void R67_declared_hosts_are_called_by_https_on_its_own_port(string address, bool? expected) =>
        Assert.Equal(expected, Rule.FindApproval(new Uri(address)));

    [Theory]
    [InlineData("0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.1.2.3 127.255.255.254 169.254.0.1 169.254.169.254")]
    [InlineData("172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.170 192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.7")]
    [InlineData("203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 192.31.196.1 192.52.193.1 192.175.48.1")]
    [InlineData(":: ::1 ::2 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:0 64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b:1::1 100::1")]
    [InlineData("fe80::1 fe80::1%1 fec0::1 fc00::1 fd00::1 fd00:ec2::254 ff02::1 ff0e::1 2001::1 2001:db8::1 2001:10::1 2001:20::1 2002:7f00:1:: 2002:a00:1::")]
    [InlineData("2620:4f:8000::1 3fff::1 4000::1 5f00::1 8000::1 ::127.0.0.1 ::10.0.0.1 0:0:0:0:0:ffff:7f00:1")]
    public void R68_no_address_but_a_public_one_is_connected_to(string addresses) =>
        Assert.All(addresses.Split(' '), address => Assert.False(PublicAddress.Is(IPAddress.Parse(address)), address));

    [Theory]
    [InlineData("8.8.8.8 1.1.1.1 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.1.1.1 128.0.0.1 172.15.0.1 172.32.0.1 192.167.0.1 192.169.0.1 223.255.255.254")]
    [InlineData("2606:4700::1111 2a00:1450::1 2001:4860::8888 2001:200::1 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2620:4f:7fff::1")]
    public void R68_public_addresses_are_connected_to(string addresses) =>
        Assert.All(addresses.Split(' '), address => Assert.True(PublicAddress.Is(IPAddress.Parse(address)), address));

    [Theory]
    [InlineData("http://127.0.0.1:{0}")]
    [InlineData("http://localhost:{0}")]
    [InlineData("http://2130706433:{0}")]
    [InlineData("http://0x7f.1:{0}")]
    [InlineData("http://①②⑦.⓪.⓪.①:{0}")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}")]
    public async Task R68_the_connected_address_decides_however_it_is_written(string address)
    {
        await using var server = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var handler = new HttpMessageInvoker(ProviderHttp.NewHandler());

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => handler.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, string.Format(null, address, server.Address.Port)), default));

        // The platform takes circled digits for a name, which nobody knows.
        Assert.True(error.InnerException is EgressException || (address.Contains('①', StringComparison.Ordinal) && error.InnerException is SocketException));
        Assert.Empty(server.Received);
    }

    [Fact]
    public async Task R69_a_name_that_changes_its_address_between_two_looks_gains_nothing()
    {
        var looks = 0;
        var connected = new List<IPAddress>();
        using var http = new HttpMessageInvoker(new EgressHandler(
            _ => false,
            (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(looks++ % 2 == 0 ? "8.8.8.8" : "127.0.0.1")]),
            (addresses, _, _) =>
            {
                connected.AddRange(addresses);
                throw new SocketException((int)SocketError.ConnectionRefused);
            }));

        for (var i = 0; i < 1000; i++)
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => http.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"http://h{i}.example"), default));
        }

        // Once for each name: what was judged is what is connected to.
        Assert.Equal(1000, looks);
        Assert.Equal(500, connected.Count);
        Assert.DoesNotContain(IPAddress.Loopback, connected);
    }

    [Fact]
    public async Task R69_one_bad_address_among_good_ones_spoils_the_name()
    {
        using var http = new HttpMessageInvoker(new EgressHandler(
            _ => false, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("8.8.8.8"), IPAddress.Loopback]), (_, _, _) => throw new InvalidOperationException("connected")));

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => http.SendAsync(new HttpRequestMessage(HttpMethod.Get, "http://h.example"), default));

        Assert.IsType<EgressException>(error.InnerException);
    }

    [Fact]
    public async Task R70_a_private_address_is_called_by_the_provider_it_was_set_for_and_by_no_other()
    {
        await using var server = new RawServer("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{\"id\":1}");
        using var invoker = new HttpMessageInvoker(ProviderHttp.NewHandler());
        var http = new ProviderHttp(invoker, TimeProvider.System).At(server.Address);

        var set = await http.Within(new Egress([], [], [server.Address])).SendAsync<Thing>(ProviderRequest.Get("x", "AskAsync"), default);
        var other = await http.Within(new Egress([], [], [new Uri("http://127.0.0.1:1")])).SendAsync<Thing>(ProviderRequest.Get("x", "AskAsync"), default);

        Assert.Equal(1, set.Value?.Id);
        Assert.Equal("config_error", other.Failure?.Code);
        Assert.Single(server.Received);
    }

    [Fact]
    public async Task R70_a_refusal_is_told_with_its_host_and_nothing_of_what_was_to_be_sent()
    {
        var told = new List<string>();
        using var invoker = new HttpMessageInvoker(new EgressWatch(ProviderHttp.NewHandler(), (host, why) => told.Add($"{host}: {why}")));
        var http = new ProviderHttp(invoker, TimeProvider.System).At(new Uri("https://127.0.0.1:9443/private/")).WithBearer(new Secret("s3cret-token"))
            .Within(new Egress([], [new Uri("https://127.0.0.1:9443")], []));

        var result = await http.SendAsync<Thing>(ProviderRequest.Post("path?code=s3cret-code", new { password = "s3cret-body" }, "AskAsync"), default);

        Assert.Equal("config_error", result.Failure?.Code);
        Assert.Equal(["127.0.0.1:9443: its name leads to an address that is not public"], told);
    }

    [Fact]
    public async Task R70_an_address_that_is_not_public_and_was_set_on_purpose_is_told_once()
    {
        await using var server = new RawServer("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\nConnection: close\r\n\r\n{\"id\":1}");
        var told = new List<string>();
        using var invoker = new HttpMessageInvoker(EgressWatch.Over(_ => false, (_, _) => { }, told.Add));
        var http = new ProviderHttp(invoker, TimeProvider.System).At(server.Address).Within(new Egress([], [], [server.Address]));

        for (var i = 0; i < 2; i++) await http.SendAsync<Thing>(ProviderRequest.Get("x", "AskAsync"), default);

        Assert.Equal([$"127.0.0.1:{server.Address.Port}"], told);
    }

    [Fact]
    public void R70_a_proxy_of_the_environment_is_not_used()
    {
        using var egress = new EgressHandler(_ => false);
        using var sockets = egress.NewHandler(isApproved: true);

        Assert.False(sockets.UseProxy);
    }

    [Theory]
    [InlineData("302 Found", "{0}")]
    [InlineData("307 Temporary Redirect", "{0}")]
    [InlineData("308 Permanent Redirect", "file:///etc/passwd")]
    [InlineData("301 Moved", "gopher://x")]
    public async Task R71_a_redirect_is_a_typed_failure_and_nothing_goes_there(string status, string location)
    {
        await using var other = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        var target = string.Format(null, location, other.Address);
        await using var server = new RawServer($"HTTP/1.1 {status}\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n");

        var result = await AskAsync(server.Address);

        Assert.Equal("provider_changed", result.Failure?.Code);
        Assert.Empty(other.Received);
    }

    [Theory]
    [InlineData("gzip", 8, "it is larger than 1 MiB", "it is packed more than a hundred times")]
    [InlineData("br", 8, "it is larger than 1 MiB", "it is packed more than a hundred times")]
    [InlineData("deflate", 1, "it is packed more than a hundred times", "it is larger than 1 MiB")]
    public async Task R72_a_body_that_unpacks_without_end_is_not_unpacked(string encoding, int megabytes, string one, string other)
    {
        var content = new ByteArrayContent(Packed(encoding, new byte[megabytes * 1024 * 1023]));
        content.Headers.ContentType = new("application/json");
        content.Headers.ContentEncoding.Add(encoding);

        var body = await HttpBody.ReadAsync(content, TimeProvider.System, default);

        Assert.Contains(body.Flaw, new[] { one, other });
    }

    [Fact]
    public async Task R72_packed_twice_or_in_another_way_is_not_read()
    {
        var content = new ByteArrayContent([1, 2, 3]);
        content.Headers.ContentType = new("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        content.Headers.ContentEncoding.Add("gzip");

        Assert.Equal("it is packed in a way that was not asked for", (await HttpBody.ReadAsync(content, TimeProvider.System, default)).Flaw);
    }

    [Fact]
    public async Task R72_a_body_that_drips_is_given_up()
    {
        var time = new SteppedTime();
        var content = new StreamContent(new Dripping(() => time.Step(TimeSpan.FromSeconds(0.5))));
        content.Headers.ContentType = new("application/json");

        await Assert.ThrowsAsync<TimeoutException>(() => HttpBody.ReadAsync(content, time, default));

        Assert.Equal(5.5, (time.GetUtcNow() - new SteppedTime().GetUtcNow()).TotalSeconds);
    }

    [Theory]
    [InlineData("a/../../b", "https://api.acme.example/v1/u/a%2F..%2F..%2Fb/x?q=a%2F..%2F..%2Fb")]
    [InlineData("a?b=c#d", "https://api.acme.example/v1/u/a%3Fb%3Dc%23d/x?q=a%3Fb%3Dc%23d")]
    [InlineData("@evil.example", "https://api.acme.example/v1/u/%40evil.example/x?q=%40evil.example")]
    [InlineData("\\\\evil", "https://api.acme.example/v1/u/%5C%5Cevil/x?q=%5C%5Cevil")]
    [InlineData("%2e%2e", "https://api.acme.example/v1/u/%252e%252e/x?q=%252e%252e")]
    [InlineData("a&q=2", "https://api.acme.example/v1/u/a%26q%3D2/x?q=a%26q%3D2")]
    [InlineData("ж\n", "https://api.acme.example/v1/u/%D0%B6%0A/x?q=%D0%B6%0A")]
    public async Task R73_a_value_changes_neither_the_host_nor_the_shape_of_the_address(string value, string expected)
    {
        var server = ScriptedProvider.Answering(200, "{}");
        using var provider = FileProvider.Of("effect: safe\nget: /u/{{ who }}/x\ntakes: { who: string }\nquery: { q: =who }", server);

        await provider.AskAsync(value);

        Assert.Equal(expected, Assert.Single(server.Requests).RequestUri?.AbsoluteUri);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    public async Task R73_a_segment_of_dots_or_nothing_is_not_sent(string value)
    {
        var server = ScriptedProvider.Answering(200, "{}");
        using var provider = FileProvider.Of("effect: safe\nget: /u/{{ who }}/x\ntakes: { who: string }", server);

        Assert.Equal("config_error", FileProvider.Code(await provider.AskAsync(value)));
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("a\r\nX-Evil: 1")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("ключ")]
    public async Task R74_a_header_value_with_control_or_other_characters_is_not_sent(string value)
    {
        var server = ScriptedProvider.Answering(200, "{}");
        using var provider = FileProvider.Of("effect: safe\nget: /x\ntakes: { who: string }\nheaders: { x-who: =who }", server);

        Assert.Equal("config_error", FileProvider.Code(await provider.AskAsync(value)));
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("Host")]
    [InlineData("Content-Length")]
    [InlineData("transfer-encoding")]
    [InlineData("Connection")]
    [InlineData("Cookie")]
    [InlineData("a b")]
    [InlineData("a\r\nb")]
    [InlineData("")]
    public void R74_headers_of_the_connection_cannot_be_set(string name) => Assert.Throws<ArgumentException>(
        () => new ProviderHttp(new HttpMessageInvoker(ScriptedProvider.Answering(200, "{}")), TimeProvider.System).WithHeader(name, new Secret("x")));

    [Fact]
    public async Task R75_a_certificate_that_nobody_signed_is_refused()
    {
        using var key = RSA.Create(2048);
        using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2090, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, certificate);

        var result = await AskAsync(new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"));

        Assert.Equal("ask: the provider cannot be reached: no secure connection came about", result.Failure?.Message);
        Assert.False(await serving);
    }

    [Fact]
    public void R75_nothing_below_tls_1_2_is_spoken()
    {
        using var egress = new EgressHandler(_ => false);
        using var sockets = egress.NewHandler(isApproved: false);

        Assert.Equal(SslProtocols.Tls12 | SslProtocols.Tls13, sockets.SslOptions.EnabledSslProtocols);
        Assert.Null(sockets.SslOptions.RemoteCertificateValidationCallback);
    }

    [Theory]
    [InlineData("""{"id":1,"id":2,"name":"a"}""")]
    [InlineData("""{"id":1,"name":"a\u0000b"}""")]
    [InlineData("""{"id":1,"name":"\ud800"}""")]
    [InlineData("""{"id":1,"name":"a","rate":1e400}""")]
    [InlineData("""{"id":1.5,"name":"a"}""")]
    [InlineData("""{"id":99999999999,"name":"a"}""")]
    [InlineData("""{"id":1,"name":"a",}""")]
    [InlineData("""{"id":NaN,"name":"a"}""")]
    public async Task R76_json_that_systems_read_in_different_ways_is_refused(string json)
    {
        var http = new ProviderHttp(new HttpMessageInvoker(ScriptedProvider.Answering(200, json)), TimeProvider.System).At(new Uri("https://a.example"));
        using var provider = FileProvider.Of("effect: safe\nget: /x\ngives: { id: int, name: string, rate: decimal? }", ScriptedProvider.Answering(200, json));

        Assert.Equal("provider_changed", (await http.SendAsync<Thing>(ProviderRequest.Get("x", "AskAsync"), default)).Failure?.Code);
        Assert.Equal("provider_changed", FileProvider.Code(await provider.AskAsync()));
    }

    [Fact]
    public async Task R76_json_deeper_than_32_levels_is_refused()
    {
        using var provider = FileProvider.Of(
            "effect: safe\nget: /x\ngives: { id: int }",
            ScriptedProvider.Answering(200, $"{{\"id\":1,\"deep\":{new string('[', 40)}{new string(']', 40)}}}"));

        Assert.Equal("provider_changed", FileProvider.Code(await provider.AskAsync()));
    }

    [Fact]
    public async Task R77_a_cookie_is_not_sent_back()
    {
        await using var server = new RawServer("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{\"id\":1}");
        using var invoker = new HttpMessageInvoker(ProviderHttp.NewHandler());

        await AskAsync(server.Address, invoker);
        await AskAsync(server.Address, invoker);

        Assert.Equal(2, server.Received.Count);
        Assert.DoesNotContain("cookie", string.Concat(server.Received), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(200, "<html>Log in</html>", "text/html")]
    [InlineData(200, "{}", "application/json; charset=koi8-r")]
    [InlineData(200, "", "application/json")]
    [InlineData(204, "", "application/json")]
    [InlineData(304, "", "application/json")]
    [InlineData(999, "{}", "application/json")]
    public async Task R78_what_is_not_the_answer_is_a_typed_failure_without_the_body(int status, string body, string type)
    {
        var response = ScriptedProvider.Response(status, body);
        response.Content.Headers.Remove("Content-Type");
        response.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var provider = FileProvider.Of("effect: safe\nget: /x\ngives: { id: int }", new ScriptedProvider(_ => response));

        var failure = Assert.IsType<CallOutcome.Failed>(await provider.AskAsync()).Failure;

        Assert.Equal("provider_changed", failure.Code);
        Assert.DoesNotContain("Log in", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R79_a_call_whose_connection_breaks_is_sent_once()
    {
        await using var server = new RawServer("");
        using var provider = FileProvider.Of("effect: once\npost: /x\njson: { a: 1 }", ProviderHttp.NewHandler());

        var outcome = await provider.AskWithAsync([KeyValuePair.Create("key", "k"), KeyValuePair.Create("api", server.Address.AbsoluteUri)]);

        Assert.True(Assert.IsType<CallOutcome.Failed>(outcome).Failure.IsInDoubt);
        Assert.Single(server.Received);
    }

    [Fact]
    public async Task R80_the_engines_own_port_is_not_called_even_where_it_was_set()
    {
        await using var server = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        using var invoker = new HttpMessageInvoker(ProviderHttp.NewHandler(port => port == server.Address.Port));

        var result = await AskAsync(server.Address, invoker);

        Assert.Equal("ask: the provider was not called: its address is the engine's own", result.Failure?.Message);
        Assert.Empty(server.Received);
    }

    private static async Task<Result<Thing>> AskAsync(Uri address, HttpMessageInvoker? invoker = null)
    {
        using var own = new HttpMessageInvoker(ProviderHttp.NewHandler());
        return await new ProviderHttp(invoker ?? own, TimeProvider.System).At(address).SendAsync<Thing>(ProviderRequest.Get("x", "AskAsync"), default);
    }

    private static byte[] Packed(string encoding, byte[] content)
    {
        using var packed = new MemoryStream();
        using (Stream packer = encoding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Optimal),
            "br" => new BrotliStream(packed, CompressionLevel.Fastest),
            _ => new ZLibStream(packed, CompressionLevel.Optimal),
        })
        {
            packer.Write(content);
        }

        return packed.ToArray();
    }

    /// <summary>True where the client took the certificate.</summary>
    private static async Task<bool> ServeAsync(TcpListener listener, X509Certificate2 certificate)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var stream = new SslStream(client.GetStream());
        try
        {
            await stream.AuthenticateAsServerAsync(certificate);
            return await stream.ReadAsync(new byte[1]) > 0;
        }
        catch (Exception error) when (error is AuthenticationException or IOException)
        {
            return false;
        }
    }

    private sealed record Thing(int Id, string? Name = null, double? Rate = null);

    /// <summary>Gives a byte at a time, and says when.</summary>
    private sealed class Dripping(Action before) : MemoryStream(Encoding.ASCII.GetBytes(new string(' ', 100_000)))
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            before();
            return await base.ReadAsync(buffer[..1], cancellationToken);
        }
    }
}
