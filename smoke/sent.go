package smoke

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"al.essio.dev/pkg/shellescape"

	"github.com/fridaygate/fridaygate/smoke/history"
	"github.com/fridaygate/fridaygate/smoke/report"
	"github.com/fridaygate/fridaygate/smoke/verdict"
)

// bodyShown is how long a body may be, in bytes, to stand in a report: the rerun command makes a longer one again.
const bodyShown = 16 << 10

// sent is what a request puts on the wire.
func sent(r *http.Request, body []byte) *history.Request {
	return &history.Request{Method: r.Method, URL: r.URL.String(), Header: r.Header.Clone(), Body: body, Size: len(body)}
}

// show keeps what was sent by the attempts that findings name, and by no other, with a command that sends it again.
func (c Check) show(r *report.Result) {
	named := map[int]bool{}
	for _, f := range slices.Concat(r.Findings, r.Advice, r.Excused) {
		for _, number := range f.Attempts {
			named[number] = true
		}
	}
	for i := range r.Histories {
		attempts := slices.Clone(r.Histories[i].Attempts)
		for j := range attempts {
			request := attempts[j].Request
			attempts[j].Request = nil
			if request == nil || !(named[attempts[j].Number] || (r.Verdict == verdict.Unknown && len(r.Unseen) > 0 && j == 0 && i == 0)) {
				continue
			}
			shown := *request
			shown.Header = request.Header.Clone()
			if len(shown.Body) <= bodyShown {
				if utf8.Valid(shown.Body) && !strings.ContainsRune(string(shown.Body), 0) {
					shown.Text = string(shown.Body)
				} else {
					shown.Bytes = slices.Clone(shown.Body)
				}
				shown.Curl = curl(&shown)
			}
			attempts[j].Request = &shown
		}
		r.Histories[i].Attempts = attempts
	}
	c.plan.blanks.all(r)
	for _, h := range r.Histories {
		for j := range h.Attempts {
			if request := h.Attempts[j].Request; request != nil {
				request.Curl = c.plan.blanks.inShell(request.Curl)
			}
		}
	}
}

// curl is the shell command that sends a request again. A body that is no text is written in base64.
func curl(r *history.Request) string {
	words := []string{"curl", "-sSi", "-X", r.Method}
	for _, name := range r.Names() {
		for _, value := range r.Header[name] {
			header := name + ": " + value
			if value == "" {
				header = name + ";" // which is how curl is told of an empty one
			}
			words = append(words, "-H", header)
		}
	}
	before := ""
	switch {
	case r.Bytes != nil:
		before = shellescape.QuoteCommand([]string{"printf", "%s", base64.StdEncoding.EncodeToString(r.Bytes)}) + " | base64 --decode | "
		words = append(words, "--data-binary", "@-")
	case r.Text != "":
		words = append(words, "--data-raw", r.Text)
	}
	return before + shellescape.QuoteCommand(append(words, r.URL))
}
