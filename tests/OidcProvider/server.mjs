// A real authorization server on loopback for the tests. It prints its address, and ends when its standard input does.
//
//   node server.mjs REDIRECT_URI
//
// POST /control {"token_delay_ms": n, "access_token_s": n} changes how it behaves; GET /control counts what it was asked.
import http from 'node:http';
import Provider from 'oidc-provider';

const control = { token_delay_ms: 0, access_token_s: 3600 };
const counts = { refreshes: 0, refused: 0, revoked: 0 };

const server = http.createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'engine',
        client_secret: 'engine-secret',
        redirect_uris: [process.argv[2] ?? 'http://127.0.0.1/v1/return/oidc'],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_post',
      },
      {
        client_id: 'device',
        token_endpoint_auth_method: 'none',
        redirect_uris: [],
        response_types: [],
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      },
    ],
    claims: { openid: ['sub'], profile: ['name'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: `Account ${id}` }) }),
    features: {
      devInteractions: { enabled: true },
      deviceFlow: { enabled: true },
      revocation: { enabled: true },
      userinfo: { enabled: true },
    },
    pkce: { required: () => true },
    issueRefreshToken: async (_, client, code) => client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
    rotateRefreshToken: true,
    ttl: { AccessToken: () => control.access_token_s, RefreshToken: 86400, Grant: 86400, Session: 86400, Interaction: 3600, DeviceCode: 600 },
    cookies: { keys: ['for tests only'] },
  });
  provider.on('grant.success', ({ oidc }) => { if (oidc.params.grant_type === 'refresh_token') counts.refreshes += 1; });
  provider.on('grant.error', () => { counts.refused += 1; });
  provider.on('refresh_token.destroyed', () => { counts.revoked += 1; });
  const answer = provider.callback();
  server.on('request', async (request, response) => {
    if (request.url === '/control') return controlled(request, response);
    if (request.url === '/token') await new Promise((done) => { setTimeout(done, control.token_delay_ms); });
    answer(request, response);
  });
  console.log(issuer);
});

async function controlled(request, response) {
  let body = '';
  for await (const chunk of request) body += chunk;
  if (request.method === 'POST') Object.assign(control, JSON.parse(body));
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ ...control, ...counts }));
}

process.stdin.on('end', () => process.exit(0)).resume();
