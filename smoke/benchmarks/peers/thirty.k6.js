// Thirty signed deliveries, one after the other, their status and body checked: k6 run -i 30 thirty.k6.js
import http from 'k6/http'
import crypto from 'k6/crypto'
import encoding from 'k6/encoding'
import { check } from 'k6'

const body = open('../thirty/event1.json')
const key = encoding.b64decode('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')

export default function () {
  const id = `evt_${__ITER}`
  const timestamp = Math.floor(Date.now() / 1000)
  const signature = 'v1,' + crypto.hmac('sha256', key, `${id}.${timestamp}.${body}`, 'base64')
  const answer = http.post('http://127.0.0.1:8099/signed', body, {
    headers: {
      'Content-Type': 'application/json',
      'webhook-id': id, 'webhook-timestamp': `${timestamp}`, 'webhook-signature': signature,
    },
  })
  check(answer, {
    'status': (r) => r.status === 200,
    'body': (r) => r.json('status') === 'processed',
  })
}
