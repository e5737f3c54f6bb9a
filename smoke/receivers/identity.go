package receivers

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"strconv"
	"strings"
)

// Bugs in deciding whether two deliveries are of one event, and whether their content is equal.

var keyBodyHash = Receiver{
	Name: "key-body-hash", Number: 11,
	Bug:  "takes the body's hash for the event's id",
	Case: "mismatch-field",
	change: func(s *steps) {
		s.identify = func(d *delivery) string {
			sum := sha256.Sum256(d.body)
			return d.account().tenant + "\x00" + string(sum[:])
		}
	},
}

// The timestamp is that of the attempt: a retry has another one.
var keyWithTimestamp = Receiver{
	Name: "key-with-timestamp", Number: 12,
	Bug:  "takes the event's id with the timestamp of the attempt for the key",
	Case: "dup-new-timestamp",
	change: func(s *steps) {
		s.identify = func(d *delivery) string {
			return tenantAndEvent(d) + "\x00" + d.header.Get("webhook-timestamp")
		}
	},
}

// Every attempt has another request id; one is generated where there is none.
var keyOfAttempt = Receiver{
	Name: "key-of-attempt", Number: 13,
	Bug:  "takes X-Request-ID, the id of the attempt, for the event's id",
	Case: "dup-seq",
	change: func(s *steps) {
		s.identify = func(d *delivery) string {
			if id := d.header.Get("X-Request-ID"); id != "" {
				return id
			}
			return rand.Text()
		}
	},
}

// As Go's encoding/json reads: ID is as good as id, and the last one wins.
var idAnyCase = Receiver{
	Name: "id-any-case", Number: 31,
	Bug:  "takes the last of the members id, ID and Id for the event's id",
	Case: "id-smuggle-case",
	change: func(s *steps) {
		s.decode = func(d *delivery) error {
			return d.decode(func(name, wanted string) (bool, error) { return strings.EqualFold(name, wanted), nil })
		}
	},
}

// What is missing is zero, and the event is carried out with it.
var schemaUnchecked = Receiver{
	Name: "schema-unchecked", Number: 52,
	Bug:  "carries out an event whatever its body lacks",
	Case: "schema-invalid",
	change: func(s *steps) {
		s.decode = func(d *delivery) error {
			var err error
			if d.value, err = readJSON(d.body); err != nil {
				return err
			}
			d.event, err = readEvent(d.value, exactName)
			if d.event.id == "" {
				return err
			}
			return nil
		}
	},
}

var keyWithoutTenant = Receiver{
	Name: "key-without-tenant", Number: 14,
	Bug:  "forgets that two tenants may use one event id",
	Case: "tenant-scope",
	change: func(s *steps) {
		s.identify = func(d *delivery) string { return d.event.id }
	},
}

var mismatchOldResult = Receiver{
	Name: "mismatch-old-result", Number: 15,
	Bug:  "answers other content under a known id with the old result",
	Case: "mismatch-field",
	change: func(s *steps) {
		s.mismatch = storedResult
	},
}

// The last delivery wins. The first content, when it is sent again, is then other content.
var mismatchOverwrites = Receiver{
	Name: "mismatch-overwrites", Number: 16,
	Bug:  "overwrites the result when other content comes under a known id",
	Case: "mismatch-then-original",
	change: func(s *steps) {
		s.mismatch = func(i *Instance, d *delivery, known row) reply {
			known.fingerprint = d.fingerprint
			return i.db.record(&known, i.db.result(d), known.until)
		}
	},
}

// As encoding/json, JavaScript and most others read numbers: 9007199254740993 becomes 9007199254740992.
var fingerprintDoubles = Receiver{
	Name: "fingerprint-doubles", Number: 17,
	Bug:  "compares numbers as doubles",
	Case: "mismatch-bigint",
	change: func(s *steps) {
		double := func(n json.Number) string {
			rounded, _ := n.Float64()
			return strconv.FormatFloat(rounded, 'g', -1, 64)
		}
		s.fingerprint = canonical{number: double, sorted: true}.fingerprint
	},
}

var fingerprintKeyOrder = Receiver{
	Name: "fingerprint-key-order", Number: 18,
	Bug:  "takes keys in another order for other content",
	Case: "equal-key-order",
	change: func(s *steps) {
		s.fingerprint = canonical{number: exact, sorted: false}.fingerprint
	},
}
