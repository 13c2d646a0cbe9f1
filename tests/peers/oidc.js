// An OpenID Connect provider (npm oidc-provider). Started by tests/src/identity.rs as `node oidc.js <port> <redirect uri>`.
//
// Says {"event": "ready"} on its standard output. Whoever signs in types what is true of them as JSON: their claims.
import Provider, { interactionPolicy } from 'oidc-provider';

const [port, redirectUri] = process.argv.slice(2);
const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);

const policy = interactionPolicy.base();
policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: 'alur',
      client_secret: 'a-secret-that-is-long-enough-for-everybody',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
  ],
  cookies: { keys: ['only-for-tests'] },
  claims: { openid: ['sub', 'hd'], email: ['email', 'email_verified'], profile: ['name'] },
  conformIdTokenClaims: false,
  extraParams: ['hd'],
  pkce: { required: () => true },
  findAccount: (_, id) => ({ accountId: id, claims: () => JSON.parse(id) }),
  interactions: { policy },
  features: { devInteractions: { enabled: true } },
});

provider.on('server_error', (_, error) => say({ event: 'error', message: String(error?.stack ?? error) }));
provider.listen(Number(port), '127.0.0.1', () => say({ event: 'ready' }));
