// node server.mjs: serves every receiver of vendors.mjs on one port of the loopback, and says on its first line where,
// and which there are. Requests are for /NAME/MODE/…, where MODE is exact or forgetful (no deduplication: the usual bug). The
// secrets come on standard input, as {sender: {secret, key, certificate}}; it ends with it.

import http from 'node:http';
import https from 'node:https';
import { vendors } from './vendors.mjs';

const chunks = [];
for await (const chunk of process.stdin) {
  chunks.push(chunk);
  if (chunk.includes(10)) break;
}
const keys = JSON.parse(Buffer.concat(chunks));
process.stdin.on('end', () => process.exit(0)).resume();

const states = new Map();
const stateOf = (name, mode) => {
  const of = `${name}/${mode}`;
  if (!states.has(of)) states.set(of, { taken: new Set(), effects: new Map() });
  return states.get(of);
};

function answer(response, status, value) {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(value));
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

async function deliver(request, response, name, mode) {
  const raw = await bodyOf(request);
  const state = stateOf(name, mode);
  let found;
  try {
    const delivery = { raw, text: raw.toString('utf8'), headers: request.headers, method: request.method, api, request, response };
    found = await vendors[name].read({ ...delivery, ...keys[vendors[name].sender] });
  } catch (error) {
    return answer(response, 401, { error: String(error.message ?? error) });
  }
  for (const { key, id } of found.events ?? []) {
    if (state.taken.has(key) && mode !== 'forgetful') continue;
    state.taken.add(key);
    state.effects.set(id, (state.effects.get(id) ?? 0) + 1);
  }
  return answer(response, 200, found.answer ?? { received: true });
}

// A stand-in of what the vendors' libraries fetch over HTTPS: Mollie's API, in which every payment is paid, and the certificate
// with which Amazon signs.
const vendorsSide = https.createServer({ key: keys.mollie.key, cert: keys.mollie.certificate }, (request, response) => {
  if (request.url.endsWith('.pem')) return response.end(keys['aws-sns'].certificate);
  return answer(response, 200, { resource: 'payment', id: request.url.split(/[/?]/).find((part) => part.startsWith('tr_')), status: 'paid', _links: {} });
});
await new Promise((listening) => vendorsSide.listen(0, '127.0.0.1', listening));
vendorsSide.keepAliveTimeout = 0; // connections are kept as long as the process runs
const { port } = vendorsSide.address();
const api = `https://127.0.0.1:${port}/`;

// Mollie's client opens a connection for each payment, and parses all its root certificates for each connection: on a busy machine
// that takes seconds. Its agents keep their connections here, and have no certificates of their own.
const { Agent } = https;
https.Agent = class extends Agent {
  constructor(options) {
    super({ ...options, ca: undefined, keepAlive: true });
  }
};

// sns-validator takes certificates from Amazon's hosts alone: every host is the stand-in.
https.globalAgent = new class extends Agent {
  createConnection(options, connected) {
    return super.createConnection({ ...options, host: '127.0.0.1', port }, connected);
  }
}();

const server = http.createServer(async (request, response) => {
  try {
    const [, first, second, ...rest] = new URL(request.url, 'http://127.0.0.1').pathname.split('/').map(decodeURIComponent);
    if (!vendors[first]) return answer(response, 404, { error: 'no such receiver' });
    if (rest[0] === 'events') return answer(response, 200, { effects: stateOf(first, second).effects.get(rest[1]) ?? 0 });
    return await deliver(request, response, first, second);
  } catch {
    return response.destroyed || response.headersSent ? undefined : answer(response, 400, { error: 'the request was cut short' });
  }
});
server.listen(0, '127.0.0.1', () => {
  const receivers = Object.fromEntries(Object.entries(vendors).map(([name, { sender }]) => [name, sender]));
  console.log(JSON.stringify({ port: server.address().port, receivers }));
});
