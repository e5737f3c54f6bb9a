package receivers

import (
	"net"
	"net/http"
)

// The bugs of taking one way of writing a request for the only one.

// Many senders and HTTP clients add a charset.
var charsetStrict = Receiver{
	Name: "charset-strict", Number: 32,
	Bug:  "compares the whole Content-Type with application/json",
	Case: "wire-charset",
	change: func(s *steps) {
		s.typed = func(contentType string) bool { return contentType == "application/json" }
	},
}

var lengthRequired = Receiver{
	Name: "length-required", Number: 33,
	Bug:  "refuses bodies without Content-Length",
	Case: "wire-chunked",
	change: func(s *steps) {
		s.screen = refuse(http.StatusLengthRequired, func(d *delivery) bool { return d.length < 0 })
	},
}

// Each proxy adds the address that it sees to the list.
var forwardedMisread = Receiver{
	Name: "forwarded-misread", Number: 34,
	Bug:  "takes X-Forwarded-For for one address, and refuses a list",
	Case: "wire-forwarded",
	change: func(s *steps) {
		s.screen = refuse(http.StatusBadRequest, func(d *delivery) bool {
			client := d.header.Get("X-Forwarded-For")
			return client != "" && net.ParseIP(client) == nil
		})
	},
}

// A parser's default limit is smaller than the one that was promised to the sender.
var bodyLimitLow = Receiver{
	Name: "body-limit-low", Number: 35,
	Bug:  "reads 100 kB where 1 MiB was promised",
	Case: "wire-body-limit",
	change: func(s *steps) {
		s.limit = 100 << 10
	},
}

// refuse answers those deliveries that are not wanted before anything is checked.
func refuse(status int, unwanted func(*delivery) bool) func(*delivery) (reply, bool) {
	return func(d *delivery) (reply, bool) { return problem(status, "the request is not understood"), unwanted(d) }
}
