// An OpenID Connect provider (npm oidc-provider). Started by tests/src/identity.rs as `node oidc.js <port> <redirect uri>`.
//
// Says {"event": "ready"} on its standard output. Claims of somebody are posted to /people as JSON; that person then
// signs in with their subject.
import Provider, { interactionPolicy } from 'oidc-provider';

const [port, redirectUri] = process.argv.slice(2);
const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);

const policy = interactionPolicy.base();
policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);

/** What is true of people, by subject. */
const known = new Map();

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
  findAccount: (_, subject) => known.has(subject) && { accountId: subject, claims: () => known.get(subject) },
  interactions: { policy },
  features: { devInteractions: { enabled: true } },
});

provider.use(async (ctx, next) => {
  if (ctx.path !== '/people') return next();
  const parts = [];
  for await (const part of ctx.req) parts.push(part);
  const claims = JSON.parse(Buffer.concat(parts).toString('utf8'));
  known.set(claims.sub, claims);
  ctx.status = 204;
});

provider.on('server_error', (_, error) => say({ event: 'error', message: String(error?.stack ?? error) }));
// Its standard input is the port, so that nobody else can have got it in between.
provider.listen({ fd: 0 }, () => say({ event: 'ready' }));
