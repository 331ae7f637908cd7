// Subscribes with the client that is named, over and over until it has heard so many values, and prints each as a line of JSON.
// What it is given: { "by": "ws" | "sse", "url", "token", "query", "variables", "values" }.
import { createClient as byEvents } from 'graphql-sse';
import { createClient as bySocket } from 'graphql-ws';
import WebSocket from 'ws';

const { by, url, token, query, variables, values } = JSON.parse(process.argv[2]);
const authorization = token && `Bearer ${token}`;
const say = (told) => console.log(JSON.stringify(told));
const client =
  by === 'ws'
    ? bySocket({
        url: url.replace(/^http/, 'ws'),
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        connectionParams: authorization && { authorization },
        on: {
          connected: () => say({ connected: true }),
          closed: (event) => say({ closed: event.code, reason: event.reason }),
        },
      })
    : byEvents({
        url,
        retryAttempts: 0,
        headers: authorization ? { authorization } : {},
        onMessage: () => {},
      });

let heard = 0;
try {
  for await (const told of client.iterate({ query, variables })) {
    say(told);
    heard += 1;
    if (heard === values) break;
  }
  say({ done: true });
} catch (error) {
  say({ error: error.code ?? error.message ?? String(error), errors: Array.isArray(error) ? error : undefined });
}
await client.dispose();
