using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Engine.Sdk;

/// <summary>
/// Sends providers' requests: no redirects (they would carry the key to another host), no cookies, no proxy from the environment, no trace
/// headers. What decides is the address that is connected to, not its name: a name is resolved once, and any answer that is not of the public
/// internet refuses it, unless the address was set on purpose. Those have connections of their own, so that no other provider comes to use them.
/// </summary>
internal sealed class EgressHandler : HttpMessageHandler
{
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> resolve;
    private readonly Func<IPAddress[], int, CancellationToken, ValueTask<Stream>> connect;
    private readonly Func<int, bool> isOwnPort;
    private readonly Action<string> reachedPrivately;
    private readonly HttpMessageInvoker open;
    private readonly HttpMessageInvoker approved;

    /// <param name="isOwnPort">Whether this process listens on a port itself, apart from the sandbox.</param>
    /// <param name="resolve">Gives a name's addresses.</param>
    /// <param name="connect">Connects to one of the addresses.</param>
    /// <param name="reachedPrivately">Gets host and port of each connection to what is not public, which somebody set on purpose.</param>
    public EgressHandler(
        Func<int, bool> isOwnPort,
        Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null,
        Func<IPAddress[], int, CancellationToken, ValueTask<Stream>>? connect = null,
        Action<string>? reachedPrivately = null)
    {
        this.isOwnPort = isOwnPort;
        this.reachedPrivately = reachedPrivately ?? (_ => { });
        this.resolve = resolve ?? Dns.GetHostAddressesAsync;
        this.connect = connect ?? ConnectAsync;
        open = new HttpMessageInvoker(NewHandler(isApproved: false));
        approved = new HttpMessageInvoker(NewHandler(isApproved: true));
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        (request.Options.TryGetValue(Egress.Approved, out var isApproved) && isApproved ? approved : open).SendAsync(request, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            open.Dispose();
            approved.Dispose();
        }

        base.Dispose(disposing);
    }

    internal SocketsHttpHandler NewHandler(bool isApproved) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,

        // The body is unpacked where its size is watched.
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        MaxResponseHeadersLength = 32,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        SslOptions = { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 },
        ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, isApproved, cancellation),
    };

    private async ValueTask<Stream> ConnectAsync(DnsEndPoint target, bool isApproved, CancellationToken cancellation)
    {
        var addresses = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await resolve(target.Host, cancellation);
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);

        // One bad answer spoils all: who controls the name decides which is taken.
        var isPublic = addresses.All(PublicAddress.Is);
        if (!isApproved && !isPublic) throw new EgressException("its name leads to an address that is not public");
        if (isOwnPort(target.Port) && addresses.Any(IsOurs)) throw new EgressException("its address is the engine's own");
        if (!isPublic) reachedPrivately(string.Create(null, $"{target.Host}:{target.Port}"));
        return await connect(addresses, target.Port, cancellation);
    }

    private static bool IsOurs(IPAddress address) =>
        IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
        || NetworkInterface.GetAllNetworkInterfaces().Any(card => card.GetIPProperties().UnicastAddresses.Any(own => own.Address.Equals(address)));

    private static async ValueTask<Stream> ConnectAsync(IPAddress[] addresses, int port, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
