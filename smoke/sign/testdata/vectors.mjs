// Makes vectors.json's entries of vendors whose library is on npm, or whose page describes the signature without an example.
// Run in an empty folder, and put what it prints into the array of vectors.json:
//
//   npm install --ignore-scripts @paddle/paddle-node-sdk@3.10.0 razorpay@2.9.8 discord-interactions@4.4.0 \
//     @sendgrid/eventwebhook@8.0.0 @adyen/api-library@32.1.0 @workos-inc/node@8.13.0 @hubspot/api-client@13.5.0 \
//     @linear/sdk@98.0.0 @octokit/webhooks-methods@6.0.0 mercadopago@3.6.1 sns-validator@0.3.5 \
//     jsonwebtoken@9.0.3 jose@5.10.0 @vonage/jwt@1.17.1 @zoom/rivet@0.4.0
//   openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem
//   RSA_KEY="$(cat key.pem)" SENDGRID=… ES256=… node vectors.mjs
//
// SENDGRID is the signature that this package makes of SendGrid's vector, ES256 the token of the vector with that algorithm.
//
// Where a library can only verify, the signature is made with node's crypto and the library must accept it.
import { strict as assert } from 'node:assert'
import crypto from 'node:crypto'
import https from 'node:https'
import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const require = createRequire(import.meta.url)
const version = name => `${name} ${JSON.parse(readFileSync(`node_modules/${name}/package.json`)).version}`
const hmac = (key, text, encoding = 'hex', hash = 'sha256') => crypto.createHmac(hash, key).update(text).digest(encoding)
const all = []
// origin: published (by the vendor or the specification), library (a vendor's own made or accepted it), page (computed here, after
// the vendor's page) or ours (a scheme without a vendor)
const originOf = source => ({ 'published': 'published', 'computed from the page': 'page', 'the page': 'page', 'accepted by': 'library', 'made by': 'library' })[source.match(/^(published|computed from the page|the page|accepted by|made by)/)[0]]
const add = v => all.push({ ...v, origin: v.origin ?? originOf(v.source) })
const secret = 'a secret of some length, 32 bytes'
const body = '{"id":"evt_1","n":1}'
const seconds = '1700000000'
const ms = '1700000000123'
const page = 'computed from the page that the scheme names, with node\'s crypto'
const at = (time, run) => { const now = Date.now; Date.now = () => time; try { return run() } finally { Date.now = now } }

{ // Paddle: the library verifies alone, and reads the clock through new Date()
  const value = `ts=${seconds};h1=${hmac(secret, `${seconds}:${body}`)}`
  const { Paddle } = require('@paddle/paddle-node-sdk')
  const Real = Date
  globalThis.Date = class extends Real { constructor(...a) { super(...(a.length ? a : [1700000001000])) } }
  assert(await new Paddle('key').webhooks.isSignatureValid(body, secret, value))
  globalThis.Date = Real
  add({ scheme: 'paddle', secret, timestamp: seconds, body, headers: { 'Paddle-Signature': value }, source: `accepted by ${version('@paddle/paddle-node-sdk')}` })
}
{
  const { validateWebhookSignature } = require('razorpay/dist/utils/razorpay-utils.js')
  const text = '{"a":1,"b":2,"c":{"d":3}}', value = '2fe04e22977002e6c7cb553adab8b460cb9e2a4970d5953cb27a8472752e3bbc'
  assert(validateWebhookSignature(text, value, '123456'))
  add({ scheme: 'razorpay', secret: '123456', body: text, headers: { 'X-Razorpay-Signature': value }, source: `published in the tests of razorpay-node; accepted by ${version('razorpay')}` })
}
{
  const { WebhookSignatureValidator } = require('mercadopago')
  const value = `ts=${seconds},v1=${hmac(secret, `id:123456;request-id:req-1;ts:${seconds};`)}`
  WebhookSignatureValidator.validate({ xSignature: value, xRequestId: 'req-1', dataId: '123456', secret })
  add({ scheme: 'mercadopago', secret, timestamp: seconds, body, url: 'https://a.example/hook?data.id=123456&type=payment', request: { 'x-request-id': 'req-1' }, headers: { 'x-signature': value }, source: `accepted by ${version('mercadopago')}` })
}
{
  const { WorkOS } = require('@workos-inc/node')
  const webhooks = new WorkOS('sk_test').webhooks
  const value = `t=${ms}, v1=${await webhooks.computeSignature(ms, JSON.parse(body), secret)}`
  const now = Date.now
  Date.now = () => Number(ms)
  assert(await webhooks.verifyHeader({ payload: JSON.parse(body), sigHeader: value, secret }))
  Date.now = now
  add({ scheme: 'workos', secret, timestamp: ms, body, headers: { 'WorkOS-Signature': value }, source: `made by ${version('@workos-inc/node')}` })
}
{ // Discord: the key pair of RFC 8032 section 7.1, test 1
  const { verifyKey } = require('discord-interactions')
  const seed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'
  const key = crypto.createPrivateKey({ key: Buffer.from('302e020100300506032b657004220420' + seed, 'hex'), format: 'der', type: 'pkcs8' })
  const value = crypto.sign(null, Buffer.from(seconds + body), key).toString('hex')
  const publicKey = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'
  assert(await verifyKey(body, value, seconds, publicKey))
  add({ scheme: 'discord', secret: seed, timestamp: seconds, body, headers: { 'X-Signature-Ed25519': value, 'X-Signature-Timestamp': seconds }, source: `accepted by ${version('discord-interactions')}` })
}
{
  const { Signature } = require('@hubspot/api-client')
  const url = 'https://a.example/hook?x=1', options = { clientSecret: secret, requestBody: body, url, timestamp: Number(ms) }
  const value = Signature.getSignature('POST', 'v3', options)
  assert(at(Number(ms), () => Signature.isValid({ ...options, method: 'POST', signatureVersion: 'v3', signature: value })))
  add({ scheme: 'hubspot', secret, timestamp: ms, method: 'POST', url, body, headers: { 'X-HubSpot-Signature-v3': value, 'X-HubSpot-Request-Timestamp': ms }, source: `made by ${version('@hubspot/api-client')}` })
}
{
  const { LinearWebhookClient } = await import('@linear/sdk/webhooks')
  const golden = '{"type":"Issue","webhookTimestamp":1676056940508,"webhookId":"w"}', sent = golden.replace('1676056940508', ms)
  const value = hmac(secret, sent)
  assert(at(Number(ms), () => new LinearWebhookClient(secret).verify(Buffer.from(sent), value, Number(ms))))
  add({ scheme: 'linear', secret, timestamp: ms, body: golden, sent, headers: { 'Linear-Signature': value, 'Linear-Timestamp': ms }, source: `accepted by ${version('@linear/sdk')}` })
}
{
  const Validator = require('@adyen/api-library').hmacValidator
  const key = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056', value = 'coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0='
  const item = signature => ({ additionalData: { hmacSignature: signature }, amount: { value: 1130, currency: 'EUR' }, pspReference: '7914073381342284', eventCode: 'AUTHORISATION', eventDate: '2019-05-06T17:15:34.121+02:00', merchantAccountCode: 'TestMerchant', merchantReference: 'TestPayment-1407325143704', paymentMethod: 'visa', success: 'true' })
  const batch = (...items) => JSON.stringify({ live: 'false', notificationItems: items.map(i => ({ NotificationRequestItem: i })) })
  assert(new Validator().validateHMAC(item(value), key))
  const second = { ...item(''), pspReference: '8835', success: 'false' }
  const other = new Validator().calculateHmac(second, key)
  add({
    scheme: 'adyen', secret: key, body: batch(item('old'), second), headers: {}, sent: batch(item(value), { ...second, additionalData: { hmacSignature: other } }),
    origin: 'published', source: `the first item published in Adyen's page, Verify HMAC signatures; both accepted by ${version('@adyen/api-library')}`,
  })
}
const p256 = 'MDECAQEEIMmvqdhFunUWa1whV2ex0Wk0UMPbNuibEnuKYisSD2choAoGCCqGSM49AwEH' // RFC 6979 appendix A.2.5
{ // SendGrid: this package's signature, which RFC 6979 makes the only one; node's are random
  const { EventWebhook } = require('@sendgrid/eventwebhook')
  const value = process.env.SENDGRID
  const key = crypto.createPrivateKey({ key: Buffer.from(p256, 'base64'), format: 'der', type: 'sec1' })
  const pem = crypto.createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64')
  const hook = new EventWebhook()
  if (value) {
    assert(hook.verifySignature(hook.convertPublicKeyToECDSA(pem), body, value, seconds))
    add({ scheme: 'sendgrid', secret: p256, timestamp: seconds, body, headers: { 'X-Twilio-Email-Event-Webhook-Signature': value, 'X-Twilio-Email-Event-Webhook-Timestamp': seconds }, source: `accepted by ${version('@sendgrid/eventwebhook')}` })
  }
}
const rsa = process.env.RSA_KEY // an RSA private key of 2048 bits, as PEM
if (rsa) {
  const rsaSign = (hash, text) => crypto.sign(hash, Buffer.from(text), rsa).toString('base64')
  const Validator = require('sns-validator')
  const validate = message => new Promise((resolve, reject) => {
    const get = https.get
    https.get = (_, answered) => { // the certificate: a public key in its place
      const answer = Object.assign(new EventEmitter(), { statusCode: 200 })
      setTimeout(() => { answer.emit('data', crypto.createPublicKey(rsa).export({ type: 'spki', format: 'pem' })); answer.emit('end') })
      answered(answer)
      return new EventEmitter()
    }
    new Validator().validate(message, err => { https.get = get; err ? reject(err) : resolve() })
  })
  const url = n => `https://sns.us-east-1.amazonaws.com/${n}.pem`
  for (const [n, hash, number, message, names] of [
    [1, 'sha1', '1', { Type: 'Notification', MessageId: 'm-1', TopicArn: 'arn:t', Subject: 'S', Message: '{"id":"evt_1"}', Timestamp: '2023-11-14T22:13:20.000Z' }, ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']],
    [2, 'sha256', '2', { Type: 'SubscriptionConfirmation', MessageId: 'm-2', Token: 't', TopicArn: 'arn:t', Message: 'You have chosen', SubscribeURL: 'https://a.example/?x=1', Timestamp: '2023-11-14T22:13:20.000Z' }, ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']],
  ]) {
    const golden = JSON.stringify({ ...message, SignatureVersion: '9', Signature: 'old', SigningCertURL: 'old' })
    const sent = { ...message, SignatureVersion: number, Signature: rsaSign(hash, names.map(name => `${name}\n${message[name]}\n`).join('')), SigningCertURL: url(n) }
    await validate({ ...sent })
    add({ scheme: 'aws-sns', config: { key_url: url(n), ...(n === 2 && { algorithm: 'sha256' }) }, secret: rsa, body: golden, headers: {}, sent: JSON.stringify(sent), source: `accepted by ${version('sns-validator')}` })
  }
  const crc = (await import('node:zlib')).crc32 ?? crc32
  const time = '2023-11-14T22:13:20Z'
  add({
    scheme: 'paypal', config: { key_id: 'WH-1' }, secret: rsa, timestamp: time, body, request: { 'PAYPAL-TRANSMISSION-ID': 'tx-1' },
    headers: { 'PAYPAL-TRANSMISSION-SIG': rsaSign('sha256', `tx-1|${time}|WH-1|${crc(body)}`), 'PAYPAL-TRANSMISSION-TIME': time }, source: page,
  })
}
add({
  scheme: 'jwt', config: { claims: '{"sub":"1234567890","name":"John Doe","iat":{timestamp}}' }, secret: 'your-256-bit-secret', timestamp: '1516239022', body,
  headers: { Authorization: 'Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c' },
  source: 'published as the example of jwt.io',
})
{
  const jwt = require('jsonwebtoken')
  const hash = crypto.createHash('sha256').update(body).digest('hex')
  const claims = { iss: 'a sender', iat: Number(seconds), exp: Number(seconds) + 60, body_sha256: hash }
  const text = '{"iss":"a sender","iat":{timestamp},"exp":{expires},"body_sha256":"{body_sha256}"}'
  for (const [algorithm, key] of [['HS512', secret], ...(rsa ? [['RS256', rsa]] : [])]) {
    const value = 'Bearer ' + jwt.sign(claims, key, { algorithm })
    add({ scheme: 'jwt', config: { algorithm, claims: text }, secret: key, timestamp: seconds, body, headers: { Authorization: value }, source: `made by ${version('jsonwebtoken')}` })
  }
  const value = process.env.ES256 // this package's token: RFC 6979 makes its signature the only one; node's are random
  if (value) {
    const { jwtVerify } = require('jose')
    const key = crypto.createPublicKey(crypto.createPrivateKey({ key: Buffer.from(p256, 'base64'), format: 'der', type: 'sec1' }))
    const { payload } = await jwtVerify(value, key, { currentDate: new Date(Number(seconds) * 1000), algorithms: ['ES256'] })
    assert.equal(payload.request_body_sha256, hash)
    add({
      scheme: 'jwt', config: { algorithm: 'ES256', header: 'X-Token', key_id: 'k1', claims: '{"iat":{timestamp},"request_body_sha256":"{body_sha256}"}' }, secret: p256, timestamp: seconds, body,
      headers: { 'X-Token': value }, source: `accepted by ${version('jose')}`,
    })
  }
}
function crc32(text) {
  let c = ~0
  for (const b of Buffer.from(text)) { c ^= b; for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1 }
  return ~c >>> 0
}

add({ scheme: 'bitbucket', secret: "It's a Secret to Everybody", body: 'Hello World!', headers: { 'X-Hub-Signature': 'sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9' }, source: 'published in Bitbucket Cloud\'s page, Manage webhooks' })
add({ scheme: 'gitlab', secret: 's3cret-token', body, headers: { 'X-Gitlab-Token': 's3cret-token' }, source: 'the page that the scheme names: the token itself' })
add({ scheme: 'meta', secret, body, headers: { 'X-Hub-Signature-256': 'sha256=' + hmac(secret, body), 'X-Hub-Signature': 'sha1=' + hmac(secret, body, 'hex', 'sha1') }, source: page })
{ // Zoom: the library takes events with a time and a payload alone
  const { AwsLambdaReceiver } = require('@zoom/rivet/meetings')
  const text = '{"event":"meeting.started","event_ts":1626230691572,"payload":{"account_id":"a"}}'
  const headers = { 'x-zm-signature': 'v0=' + hmac(secret, `v0:${seconds}:${text}`), 'x-zm-request-timestamp': seconds }
  const receiver = new AwsLambdaReceiver({ webhooksSecretToken: secret }), debug = console.debug
  receiver.init({ eventEmitter: { emit() {} } })
  console.debug = () => {}
  assert.equal((await receiver.start()({ body: text, headers, isBase64Encoded: false }, {})).statusCode, 200)
  console.debug = debug
  add({ scheme: 'zoom', secret, timestamp: seconds, body: text, headers, source: `accepted by ${version('@zoom/rivet')}` })
}
{
  const { verifySignature } = require('@vonage/jwt')
  const token = require('jsonwebtoken').sign({ iat: Number(seconds), iss: 'Vonage', payload_hash: crypto.createHash('sha256').update(body).digest('hex') }, secret)
  assert(verifySignature(token, secret))
  add({ scheme: 'vonage', secret, timestamp: seconds, body, headers: { Authorization: `Bearer ${token}` }, source: `accepted by ${version('@vonage/jwt')}` })
}
add({ scheme: 'dropbox', secret, body, headers: { 'X-Dropbox-Signature': hmac(secret, body) }, source: page })
add({ scheme: 'lemonsqueezy', secret, body, headers: { 'X-Signature': hmac(secret, body) }, source: page })
add({ scheme: 'intercom', secret, body, headers: { 'X-Hub-Signature': 'sha1=' + hmac(secret, body, 'hex', 'sha1') }, source: page })
add({ scheme: 'zendesk', secret, timestamp: '2023-11-14T22:13:20Z', body, headers: { 'X-Zendesk-Webhook-Signature': hmac(secret, '2023-11-14T22:13:20Z' + body, 'base64'), 'X-Zendesk-Webhook-Signature-Timestamp': '2023-11-14T22:13:20Z' }, source: page })
add({ scheme: 'sentry', secret, timestamp: seconds, body, headers: { 'Sentry-Hook-Signature': hmac(secret, body), 'Sentry-Hook-Timestamp': seconds }, source: page })
add({ scheme: 'pagerduty', secret, body, headers: { 'X-PagerDuty-Signature': 'v1=' + hmac(secret, body) }, origin: 'library', source: page + '; accepted by go-pagerduty (smoke/sign/vendors)' })
add({ scheme: 'docusign', secret, body, headers: { 'X-DocuSign-Signature-1': hmac(secret, body, 'base64') }, source: page })
console.log(JSON.stringify(all, null, 1))
