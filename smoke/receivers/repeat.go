package receivers

import "net/http"

// The bugs of treating a retry in another way than the first attempt.

// A duplicate is refused as if it were a conflict, and the sender retries until it gives up.
var duplicateConflict = Receiver{
	Name: "duplicate-conflict", Number: 19,
	Bug:  "answers a duplicate with 409",
	Case: "dup-seq",
	change: func(s *steps) {
		s.repeat = func(*Instance, *delivery, row) reply {
			return problem(http.StatusConflict, "the event was taken before")
		}
	},
}

// The effect is right. But a sender that compares answers, or keeps the last, has another result than the one
// that is true.
var duplicateNewResult = Receiver{
	Name: "duplicate-new-result", Number: 20,
	Bug:  "answers a duplicate with a result made anew",
	Case: "dup-seq",
	change: func(s *steps) {
		s.repeat = func(i *Instance, d *delivery, _ row) reply { return i.db.result(d) }
	},
}

// "A retry is a duplicate" is wrong when the first attempt never arrived.
var retriesDropped = Receiver{
	Name: "retries-dropped", Number: 27,
	Bug:  "drops every delivery with the header X-Webhook-Retry, and answers 200",
	Case: "torn-request-retry",
	change: func(s *steps) {
		s.screen = func(d *delivery) (reply, bool) {
			dropped := reply{status: http.StatusOK, contentType: "application/json", body: []byte("{}\n")}
			return dropped, d.header.Get("X-Webhook-Retry") != ""
		}
	},
}

// The browser's pattern, Post/Redirect/Get: a sender does not follow, and counts it as a failure.
var duplicateRedirected = Receiver{
	Name: "duplicate-redirected", Number: 43,
	Bug:  "answers a duplicate with 303, which sends to the result of the first",
	Case: "dup-seq",
	change: func(s *steps) {
		s.repeat = func(*Instance, *delivery, row) reply { return reply{status: http.StatusSeeOther} }
	},
}

// The row is single and the answer is right: only the effects show the bug.
var effectDoubled = Receiver{
	Name: "effect-doubled", Number: 30,
	Bug:  "has the effect again for a duplicate, although its row is single and the answer is the first",
	Case: "dup-seq",
	change: func(s *steps) {
		s.repeat = func(i *Instance, d *delivery, known row) reply {
			i.db.charge(d)
			return known.answer
		}
	},
}
