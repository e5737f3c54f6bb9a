package receivers

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// The bugs of checking who sent a delivery, and of checking it too late.

// Middleware that parses JSON passes the value on, and the signed bytes are lost. The bug shows only when the sender
// formats its JSON differently.
var verifiesReserialised = Receiver{
	Name: "verifies-reserialised", Number: 21,
	Bug:  "verifies the body as it would write it, not the bytes that came",
	Case: "equal-whitespace",
	change: func(s *steps) {
		verifyBytes := s.verify
		s.verify = func(i *Instance, d *delivery) error {
			var again bytes.Buffer
			if err := json.Compact(&again, d.body); err != nil {
				return err
			}
			return verifyBytes(i, &delivery{header: d.header, body: again.Bytes()})
		}
	},
}

// Cleaning a body up before it is checked takes what was not signed for what was.
var verifiesTrimmed = Receiver{
	Name: "verifies-trimmed", Number: 50,
	Bug:  "verifies the body without the white space around it",
	Case: "sig-body-reformatted",
	change: func(s *steps) {
		verifyBytes := s.verify
		s.verify = func(i *Instance, d *delivery) error {
			return verifyBytes(i, &delivery{header: d.header, body: bytes.TrimSpace(d.body)})
		}
	},
}

// A map of the header's entries by their version holds the last of each.
var lastSignatureOnly = Receiver{
	Name: "last-signature-only", Number: 51,
	Bug:  "looks at the last of several signatures only",
	Case: "sig-rotation",
	change: func(s *steps) {
		verifyAny := s.verify
		s.verify = func(i *Instance, d *delivery) error {
			header := d.header.Clone()
			if all := strings.Fields(header.Get("webhook-signature")); len(all) > 0 {
				header.Set("webhook-signature", all[len(all)-1])
			}
			return verifyAny(i, &delivery{header: header, body: d.body})
		}
	},
}

// "Verify the signature if there is one" was meant for the test environment.
var missingSignatureAccepted = Receiver{
	Name: "missing-signature-accepted", Number: 22,
	Bug:  "takes a delivery that has no signature",
	Case: "sig-missing",
	change: func(s *steps) {
		verifySigned := s.verify
		s.verify = func(i *Instance, d *delivery) error {
			if d.header.Get("webhook-signature") == "" {
				return nil
			}
			return verifySigned(i, d)
		}
	},
}

// The previous secret is accepted while secrets are being replaced. When none is, it is the empty text.
var emptySecretAccepted = Receiver{
	Name: "empty-secret-accepted", Number: 23,
	Bug:  "takes the previous secret, which is not set, for a key",
	Case: "sig-empty-secret",
	change: func(s *steps) {
		s.signature.keys = func(secret string) [][]byte {
			previous := []byte("")
			return append(configuredKey(secret), previous)
		}
	},
}

var malformedSignatureCrashes = Receiver{
	Name: "malformed-signature-crashes", Number: 24,
	Bug:  "panics on a signature that is not base64",
	Case: "sig-malformed-non-ascii",
	change: func(s *steps) {
		s.signature.parse = func(entry string) ([]byte, bool) {
			code, err := base64.StdEncoding.DecodeString(entry[len("v1,"):])
			if err != nil {
				panic(err)
			}
			return code, strings.HasPrefix(entry, "v1,")
		}
	},
}

// A panic that is not recovered closes the connection without an answer.
var malformedSignatureHangsUp = Receiver{
	Name: "malformed-signature-hangs-up", Number: 44,
	Bug:  "closes the connection on a signature that is not ASCII",
	Case: "sig-malformed-non-ascii",
	change: func(s *steps) {
		s.signature.parse = func(entry string) ([]byte, bool) {
			if strings.ContainsFunc(entry, func(r rune) bool { return r >= utf8.RuneSelf }) {
				panic(http.ErrAbortHandler)
			}
			return version1(entry)
		}
	},
}

// A delivery that was recorded once can be sent again for ever.
var timestampUnchecked = Receiver{
	Name: "timestamp-unchecked", Number: 25,
	Bug:  "does not look at the timestamp",
	Case: "ts-old",
	change: func(s *steps) {
		s.signature.fresh = func(string, time.Time) error { return nil }
	},
}

// The idempotency middleware wraps the signature middleware and records every answer, also the 401 for a forged delivery.
// The true sender then gets that 401 for its event.
var recordedBeforeVerified = Receiver{
	Name: "recorded-before-verified", Number: 26,
	Bug:  "records the event id before it checks the signature",
	Case: "bad-sig-no-poison",
	change: func(s *steps) {
		verify, carryOut := s.verify, s.carryOut
		s.verify = func(*Instance, *delivery) error { return nil }
		s.carryOut = func(i *Instance, d *delivery, mine *row) (reply, error) {
			if err := verify(i, d); err != nil {
				refusal := problem(http.StatusUnauthorized, err.Error())
				return i.db.record(mine, refusal, i.now().Add(i.keep)), nil
			}
			return carryOut(i, d, mine)
		}
	},
}
