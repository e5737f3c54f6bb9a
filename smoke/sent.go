package smoke

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"al.essio.dev/pkg/shellescape"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// bodyShown is the longest body, in bytes, that a report holds. The rerun command derives longer ones again.
const bodyShown = 16 << 10

// show keeps what was sent by the attempts that findings name, and by no other, with a command that sends it again. A
// result without findings keeps its first attempt's.
func (t *trial) show(r *report.Result) {
	named := map[int]bool{}
	for _, f := range slices.Concat(r.Findings, r.Advice, r.Excused) {
		for _, number := range f.Attempts {
			named[number] = true
		}
	}
	if r.Verdict == verdict.Unknown && len(named) == 0 {
		named[1] = true
	}
	for i := range r.Histories {
		attempts := slices.Clone(r.Histories[i].Attempts)
		for j := range attempts {
			request := attempts[j].Request
			if attempts[j].Request = nil; request != nil && named[attempts[j].Number] {
				attempts[j].Request, attempts[j].Answer = t.shown(*request), t.answer(attempts[j].Body)
			}
		}
		r.Histories[i].Attempts = attempts
	}
	t.runner.redactor.Value(r)
	for _, h := range r.Histories {
		for j := range h.Attempts {
			if request := h.Attempts[j].Request; request != nil {
				request.Curl = t.runner.redactor.Shell(request.Curl)
			}
		}
	}
}

// answer returns the body of an answer as a report has it: without secrets, the beginning of a long one, and "" for what is no
// text.
func (t *trial) answer(body []byte) string {
	text := t.runner.redactor.Text(string(body))
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return ""
	}
	return strings.ToValidUTF8(text[:min(len(text), bodyShown)], "")
}

// shown is a request as a report has it.
func (t *trial) shown(r history.Request) *history.Request {
	r.Header = r.Header.Clone()
	switch {
	case len(r.Body) > bodyShown:
		r.Difference = difference(t.golden.Body, r.Body)
		return &r
	case utf8.Valid(r.Body) && !bytes.ContainsRune(r.Body, 0):
		r.Text = string(r.Body)
	default:
		r.Bytes = slices.Clone(r.Body)
	}
	r.Curl = curl(&r)
	return &r
}

// difference describes what of the golden body a longer one replaces: everything between their common beginning and end.
func difference(golden, body []byte) string {
	shorter := min(len(golden), len(body))
	from := 0
	for from < shorter && golden[from] == body[from] {
		from++
	}
	end := 0
	for end < shorter-from && golden[len(golden)-1-end] == body[len(body)-1-end] {
		end++
	}
	middle := body[from : len(body)-end]
	return fmt.Sprintf("bytes %d to %d of the golden body are replaced by %d bytes, which begin with %.200q",
		from, len(golden)-end, len(middle), middle)
}

// curl is the shell command that sends a request again. A body that is no text is written in base64.
func curl(r *history.Request) string {
	words := []string{"curl", "-sSi", "-X", r.Method}
	for _, name := range r.Names() {
		for _, value := range r.Header[name] {
			header := name + ": " + value
			if value == "" {
				header = name + ";" // curl's syntax for an empty one
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
