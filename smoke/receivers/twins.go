package receivers

import (
	"strconv"
	"strings"
)

// The bugs of keeping ids: a column, a collation or a number that takes two of them for one.

// As databases do in which a text that is too long for its column is cut without an error.
var idCut = Receiver{
	Name: "id-cut", Number: 39,
	Bug:  "keeps the first 22 characters of an event's id",
	Case: "id-differs-at-the-end",
	change: func(s *steps) {
		s.identify = func(d *delivery) string {
			a := d.account()
			return a.tenant + "\x00" + a.id[:min(22, len(a.id))]
		}
	},
}

// As databases do whose texts have a collation that ignores case, the default of many.
var idWithoutCase = Receiver{
	Name: "id-without-case", Number: 40,
	Bug:  "compares ids without their case",
	Case: "id-differs-in-case",
	change: func(s *steps) {
		s.identify = func(d *delivery) string { return strings.ToLower(tenantAndEvent(d)) }
	},
}

// As JavaScript's Number and encoding/json's float64 do.
var idAsDouble = Receiver{
	Name: "id-as-double", Number: 41,
	Bug:  "keeps the digits of an event's id as a double",
	Case: "id-differs-after-15-digits",
	change: func(s *steps) {
		s.identify = func(d *delivery) string {
			a := d.account()
			if n, err := strconv.ParseFloat(strings.TrimPrefix(a.id, "evt_"), 64); err == nil {
				return a.tenant + "\x00" + strconv.FormatFloat(n, 'g', -1, 64)
			}
			return tenantAndEvent(d)
		}
	},
}

// Of the events of one invoice only the first is carried out, and an event that names another one is a new event.
var keyOfObject = Receiver{
	Name: "key-of-object", Number: 42,
	Bug:  "takes the id of the invoice for the event's",
	Case: "mismatch-other-object",
	change: func(s *steps) {
		s.identify = func(d *delivery) string {
			if d.event.ignored {
				return tenantAndEvent(d)
			}
			return d.account().tenant + "\x00" + d.event.invoice
		}
	},
}
