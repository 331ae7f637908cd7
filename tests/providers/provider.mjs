// A real OpenID provider on a free port of 127.0.0.1, for the tests of sign-in, which start it.
//
//     node provider.mjs '{"callback": "http://…/sign-in/nztech/callback", "secret": "…", "audience": "…", "page": "http://…"}'
//
// `page` is the origin of a frontend, where two public clients sign people in, `desk` and `unlisted`. For another API they
// get a token where they name it as `resource`.
//
// It prints one line of JSON, {"issuer": …}, once it serves, and ends when its standard input does, so that it never
// outlives the tests. Whoever is named in `login_hint` is signed in without a password. `POST /test/rotate` signs with a
// new key from then on and publishes the old ones beside it; with ?drop it publishes the new one alone.

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const wanted = JSON.parse(process.argv[2]);
const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: randomUUID() };
}

const web = {
  client_id: 'nominations',
  redirect_uris: [wanted.callback],
  post_logout_redirect_uris: [new URL('/', wanted.callback).href],
  ...(wanted.secret
    ? { client_secret: wanted.secret, token_endpoint_auth_method: 'client_secret_basic' }
    : { token_endpoint_auth_method: 'none' }),
};
const machine = (client_id) => ({
  client_id,
  client_secret: 'a machine has a secret of its own',
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
});

const frontend = (client_id) => ({
  client_id,
  redirect_uris: [`${wanted.page}/callback`],
  token_endpoint_auth_method: 'none',
});

// What the provider remembers, so that it is the same provider with other keys.
const remembered = new Map();

class Memory {
  constructor(model) {
    this.model = model;
  }

  async upsert(id, payload) {
    remembered.set(`${this.model}:${id}`, payload);
  }

  async find(id) {
    return remembered.get(`${this.model}:${id}`);
  }

  async findByUid(uid) {
    return this.all().find(([, payload]) => payload.uid === uid)?.[1];
  }

  async consume(id) {
    (await this.find(id)).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    remembered.delete(`${this.model}:${id}`);
  }

  async revokeByGrantId(grantId) {
    for (const [key, payload] of this.all()) {
      if (payload.grantId === grantId) remembered.delete(key);
    }
  }

  all() {
    return [...remembered].filter(([key]) => key.startsWith(`${this.model}:`));
  }
}

function makeProvider(keys) {
  const provider = new Provider(issuer, {
    adapter: Memory,
    clients: [web, machine('robot'), machine('stranger'), frontend('desk'), frontend('unlisted')],
    clientBasedCORS: (ctx, origin, client) => client.redirectUris.some((uri) => new URL(uri).origin === origin),
    jwks: { keys },
    cookies: { keys: ['only for tests'] },
    claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
    // As most providers do: what somebody is called is said at the userinfo endpoint alone.
    conformIdTokenClaims: true,
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (ctx, client) => (client.clientId === 'nominations' ? undefined : wanted.audience),
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, resource) => ({
          scope: '',
          audience: resource,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    findAccount: (ctx, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: `Name of ${id}`, email: `${id}@example.nz`, email_verified: true }),
    }),
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
    ttl: { AccessToken: 600, AuthorizationCode: 60, ClientCredentials: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
  });
  provider.on('server_error', (ctx, error) => console.error(error));
  return provider;
}

let keys = [newKey()];
let provider = makeProvider(keys);

async function interact(request, response) {
  const { params } = await provider.interactionDetails(request, response);
  const result = { login: { accountId: params.login_hint ?? 'nobody' } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

server.on('request', (request, response) => {
  const { pathname, searchParams } = new URL(request.url, issuer);
  if (pathname === '/test/rotate') {
    keys = [newKey(), ...(searchParams.has('drop') ? [] : keys)];
    provider = makeProvider(keys);
    response.end();
  } else if (pathname.startsWith('/interaction/')) {
    interact(request, response).catch((error) => {
      console.error(error);
      response.writeHead(500).end();
    });
  } else {
    provider.callback()(request, response);
  }
});

process.stdin.on('end', () => process.exit(0)).resume();
console.log(JSON.stringify({ issuer }));
