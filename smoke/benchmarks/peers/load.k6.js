// Neither signed nor checked, 64 at a time: k6 run --vus 64 --duration 10s load.k6.js
import http from 'k6/http'

const body = open('../thirty/event1.json')

export const options = { discardResponseBodies: true }

export default function () {
  http.post('http://127.0.0.1:8099/hook', body, { headers: { 'Content-Type': 'application/json' } })
}
