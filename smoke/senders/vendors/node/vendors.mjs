// The receivers: each verifies a delivery with a vendor's library, and returns its events as {key, id}, or the answer to
// a request that delivers none. What it throws refuses the delivery.

import { hmacValidator } from '@adyen/api-library';
import { Signature } from '@hubspot/api-client';
import { LinearWebhookClient } from '@linear/sdk/webhooks';
import { createMollieClient } from '@mollie/api-client';
import { Webhooks } from '@octokit/webhooks';
import { Paddle } from '@paddle/paddle-node-sdk';
import { EventWebhook } from '@sendgrid/eventwebhook';
import '@shopify/shopify-api/adapters/node';
import { ApiVersion, shopifyApi } from '@shopify/shopify-api';
import bolt from '@slack/bolt';
import { verifySignature as verifyVonage } from '@vonage/jwt';
import { WorkOS } from '@workos-inc/node';
import { AwsLambdaReceiver as ZoomReceiver } from '@zoom/rivet/meetings';
import { HTTP } from 'cloudevents';
import discord from 'discord-interactions';
import { WebhookSignatureValidator } from 'mercadopago';
import Razorpay from 'razorpay';
import SNSValidator from 'sns-validator';
import { WebhooksHelper } from 'square';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { Webhook as SvixWebhook } from 'svix';
import twilio from 'twilio';

// The server's output is read up to its first line alone, and @zoom/rivet writes every request to it.
console.debug = () => {};

// endpoint.url of the examples whose senders sign it.
const publicURL = 'https://receiver.example/hook';

const event = (id) => {
  if (typeof id !== 'string' && typeof id !== 'number') throw new Error('no event');
  return { events: [{ key: String(id), id: String(id) }] };
};
const none = { events: [] };
const must = (ok) => {
  if (!ok) throw new Error('the signature is not valid');
};

function slackSigned({ headers, text, secret }) {
  bolt.verifySlackRequest({
    signingSecret: secret, body: text,
    headers: { 'x-slack-signature': headers['x-slack-signature'], 'x-slack-request-timestamp': Number(headers['x-slack-request-timestamp']) },
  });
}

function cloudEvents({ headers, text }) {
  const all = [HTTP.toEvent({ headers, body: text })].flat();
  all.forEach((e) => {
    e.validate();
    if (!e.data) throw new Error('no data');
  });
  return { events: all.map((e) => ({ key: `${e.source} ${e.id}`, id: e.id })) };
}

// One client, made at the first delivery: server.mjs has replaced its agents by then.
let mollie;

const shopify = (secret) => shopifyApi({
  apiKey: 'key', apiSecretKey: secret, scopes: [], hostName: 'receiver.example', apiVersion: ApiVersion.July25, isEmbeddedApp: false,
});

export const vendors = {
  'stripe': {
    sender: 'stripe',
    read: ({ raw, headers, secret }) => event(new Stripe('sk_test_key').webhooks.constructEvent(raw, headers['stripe-signature'], secret).id),
  },
  '@octokit/webhooks': {
    sender: 'github',
    read: async ({ text, headers, secret }) => {
      must(await new Webhooks({ secret }).verify(text, headers['x-hub-signature-256'] ?? ''));
      JSON.parse(text);
      return headers['x-github-event'] === 'pull_request' ? event(headers['x-github-delivery']) : none;
    },
  },
  '@slack/bolt, events': {
    sender: 'slack',
    read: (d) => {
      slackSigned(d);
      return event(JSON.parse(d.text).event_id);
    },
  },
  '@slack/bolt, interactive': {
    sender: 'slack-interactive',
    read: (d) => {
      slackSigned(d);
      return event(JSON.parse(new URLSearchParams(d.text).get('payload')).trigger_id);
    },
  },
  '@slack/bolt, commands': {
    sender: 'slack-commands',
    read: (d) => {
      slackSigned(d);
      return event(new URLSearchParams(d.text).get('trigger_id') ?? undefined);
    },
  },
  'twilio': {
    sender: 'twilio',
    read: ({ text, headers, secret }) => {
      const parameters = Object.fromEntries(new URLSearchParams(text));
      must(twilio.validateRequest(secret, headers['x-twilio-signature'] ?? '', publicURL, parameters));
      return event(parameters.MessageSid);
    },
  },
  '@shopify/shopify-api': {
    sender: 'shopify',
    read: async ({ text, headers, secret, request, response }) => {
      const found = await shopify(secret).webhooks.validate({ rawBody: text, rawRequest: request, rawResponse: response });
      must(found.valid);
      JSON.parse(text);
      return found.topic === 'orders/paid' || headers['x-shopify-topic'] === 'orders/paid' ? event(headers['x-shopify-event-id']) : none;
    },
  },
  'svix': {
    sender: 'svix',
    read: ({ raw, headers, secret }) => {
      new SvixWebhook(secret).verify(raw, headers);
      return event(headers['svix-id']);
    },
  },
  'standardwebhooks': {
    sender: 'standard-webhooks',
    read: ({ raw, headers, secret }) => {
      new StandardWebhook(secret).verify(raw, headers);
      JSON.parse(raw);
      return event(headers['webhook-id']);
    },
  },
  'square': {
    sender: 'square',
    read: async ({ text, headers, secret }) => {
      must(await WebhooksHelper.verifySignature({
        requestBody: text, signatureHeader: headers['x-square-hmacsha256-signature'] ?? '', signatureKey: secret, notificationUrl: publicURL,
      }));
      return event(JSON.parse(text).event_id);
    },
  },
  '@paddle/paddle-node-sdk': {
    sender: 'paddle',
    read: async ({ text, headers, secret }) => {
      must(await new Paddle('key').webhooks.isSignatureValid(text, secret, headers['paddle-signature'] ?? ''));
      return event(JSON.parse(text).event_id);
    },
  },
  '@mollie/api-client': {
    sender: 'mollie',
    // The delivery says nothing but an id: what became of the payment is fetched, here from a stand-in of Mollie's API.
    read: async ({ text, api }) => {
      const id = new URLSearchParams(text).get('id');
      if (!/^tr_\w+$/.test(id ?? '')) throw new Error('no payment');
      mollie ??= createMollieClient({ apiKey: 'test_0123456789abcdefghijABCDEFGHIJ', apiEndpoint: api });
      const payment = await mollie.payments.get(id);
      return { events: [{ key: `${payment.id} ${payment.status}`, id: payment.id }] };
    },
  },
  'discord-interactions': {
    sender: 'discord',
    read: async ({ raw, headers, key }) => {
      must(await discord.verifyKey(raw, headers['x-signature-ed25519'] ?? '', headers['x-signature-timestamp'] ?? '', key));
      const interaction = JSON.parse(raw);
      if (interaction.type === discord.InteractionType.PING) return { answer: { type: discord.InteractionResponseType.PONG } };
      return event(interaction.id);
    },
  },
  '@hubspot/api-client': {
    sender: 'hubspot',
    read: ({ text, headers, secret, method }) => {
      must(Signature.isValid({
        signatureVersion: 'v3', signature: headers['x-hubspot-signature-v3'] ?? '', timestamp: Number(headers['x-hubspot-request-timestamp']),
        method, url: publicURL, requestBody: text, clientSecret: secret,
      }));
      return { events: JSON.parse(text).flatMap((e) => event(e.eventId).events) };
    },
  },
  '@adyen/api-library': {
    sender: 'adyen',
    read: ({ text, secret }) => {
      const items = JSON.parse(text).notificationItems.map((item) => item.NotificationRequestItem);
      items.forEach((item) => must(new hmacValidator().validateHMAC(item, secret)));
      return { events: items.map((item) => ({ key: `${item.pspReference} ${item.eventCode}`, id: item.pspReference })) };
    },
  },
  '@sendgrid/eventwebhook': {
    sender: 'sendgrid',
    read: ({ raw, text, headers, key }) => {
      const hook = new EventWebhook();
      must(hook.verifySignature(hook.convertPublicKeyToECDSA(key), raw,
        headers['x-twilio-email-event-webhook-signature'] ?? '', headers['x-twilio-email-event-webhook-timestamp'] ?? ''));
      return { events: JSON.parse(text).flatMap((e) => event(e.sg_event_id).events) };
    },
  },
  'razorpay': {
    sender: 'razorpay',
    read: ({ text, headers, secret }) => {
      must(Razorpay.validateWebhookSignature(text, headers['x-razorpay-signature'] ?? '', secret));
      JSON.parse(text);
      return event(headers['x-razorpay-event-id']);
    },
  },
  '@workos-inc/node': {
    sender: 'workos',
    read: async ({ raw, headers, secret }) => {
      const hook = { payload: JSON.parse(raw), sigHeader: headers['workos-signature'] ?? '', secret, tolerance: 5 * 60 * 1000 };
      const found = await new WorkOS('sk_test').webhooks.constructEvent(hook);
      return found ? event(found.id) : none; // a type that the library does not know
    },
  },
  '@linear/sdk': {
    sender: 'linear',
    read: ({ raw, headers, secret }) => {
      must(new LinearWebhookClient(secret).verify(raw, headers['linear-signature'] ?? '', JSON.parse(raw).webhookTimestamp));
      return headers['linear-event'] === 'Issue' ? event(headers['linear-delivery']) : none;
    },
  },
  'mercadopago': {
    sender: 'mercadopago',
    read: ({ text, headers, secret, request }) => {
      WebhookSignatureValidator.validate({
        xSignature: headers['x-signature'], xRequestId: headers['x-request-id'], secret,
        dataId: new URL(request.url, publicURL).searchParams.get('data.id'),
      });
      return event(JSON.parse(text).id);
    },
  },
  '@vonage/jwt': {
    sender: 'vonage',
    read: ({ text, headers, secret }) => {
      must(verifyVonage((headers.authorization ?? '').split(' ')[1] ?? '', secret));
      return event(JSON.parse(text).message_uuid);
    },
  },
  '@zoom/rivet': {
    sender: 'zoom',
    read: async ({ text, headers, secret }) => {
      let found;
      const receiver = new ZoomReceiver({ webhooksSecretToken: secret });
      receiver.init({ eventEmitter: { emit: (_, delivered) => { found = delivered; } } });
      const { statusCode, body } = await receiver.start()({ body: text, headers, isBase64Encoded: false }, {});
      must(statusCode === 200);
      if (!found) return { answer: JSON.parse(body) }; // to the validation
      return { events: [{ key: `${found.event_ts} ${found.event}`, id: String(found.event_ts) }] };
    },
  },
  'sns-validator': {
    sender: 'aws-sns',
    read: async ({ text }) => {
      const message = await new Promise((valid, invalid) => {
        new SNSValidator().validate(JSON.parse(text), (error, found) => (error ? invalid(error) : valid(found)));
      });
      return message.Type === 'Notification' ? event(message.MessageId) : none;
    },
  },
  'cloudevents, structured': { sender: 'cloudevents', read: cloudEvents },
  'cloudevents, binary': { sender: 'cloudevents-binary', read: cloudEvents },
  'cloudevents, batch': { sender: 'cloudevents-batch', read: cloudEvents },
};
