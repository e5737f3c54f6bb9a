package verification

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
)

// What libpact_ffi writes for its own makers.
var (
	escapes    = regexp.MustCompile(`\x1b\[[0-9;?]*[ -/]*[@-~]`)
	copies     = regexp.MustCompile(`[^\s"'(]*fridaygate-pacts-[^\s"')]*`)
	relays     = regexp.MustCompile(` for url \(http://127\.0\.0\.1:\d+[^)]*\)`)
	unmatched  = regexp.MustCompile(`(?s)^Expected '.*' to match '.*'$`)
	backtraces = regexp.MustCompile(`(?m)^\s*(\d+: \S.*|at \S+:\d+(:\d+)?|(Stack )?[Bb]acktrace:?|note: run with .RUST_BACKTRACE.*)\n?`)
)

// words returns a text of libpact_ffi for people: without escape sequences, backtraces, the address of the relay and the
// path of the pact's copy, which is deleted by then.
func (p *planned) words(text string) string {
	text = escapes.ReplaceAllString(text, "")
	text = backtraces.ReplaceAllString(text, "")
	text = relays.ReplaceAllString(text, "")
	return strings.TrimSpace(copies.ReplaceAllLiteralString(text, p.setup.Interaction.Pact))
}

// refine rewrites libpact_ffi's messages for people.
func (p *planned) refine(r *Result) {
	r.Reason = p.words(r.Reason)
	if p.wire.answer != nil && strings.HasPrefix(r.Reason, "the verifier: error ") {
		r.Reason = "libpact_ffi's HTTP client cannot read this answer: " + strings.TrimPrefix(r.Reason, "the verifier: ")
	}
	for i := range r.Mismatches {
		m := &r.Mismatches[i]
		m.Text = clip(p.words(m.Text))
		if unmatched.MatchString(m.Text) {
			m.Text += ", from its first character to its last" // as Pact's implementations read a pattern
		}
		m.Expected, m.Actual = clip(escapes.ReplaceAllString(m.Expected, "")), clip(escapes.ReplaceAllString(m.Actual, ""))
		if m.Part == "body" && strings.HasPrefix(m.Expected+m.Actual, "ERROR: could not convert") {
			m.Expected, m.Actual = difference(p.expectedBytes(), p.answer)
		}
	}
}

// clip returns the beginning of a text that is too long to be read.
func clip(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), shownText)], "") + more(len(text), shownText)
}

// expectedBytes returns the body that the pact expects, if it has it as text or as bytes; nil if it has none or JSON.
func (p *planned) expectedBytes() []byte {
	_, body := p.of.expected()
	if p.file.major == 4 {
		if content := body.member("content"); strings.EqualFold(body.member("encoded").str(), "base64") {
			if decoded, err := base64.StdEncoding.DecodeString(content.str()); err == nil {
				return decoded
			}
		}
		body = body.member("content")
	}
	if body == nil || body.kind != '"' {
		return nil
	}
	return []byte(body.text)
}

// difference shows two bodies in hexadecimal, from the first byte in which they differ.
func difference(expected, actual []byte) (string, string) {
	at := 0
	for at < len(expected) && at < len(actual) && expected[at] == actual[at] {
		at++
	}
	return hexFrom(expected, at), hexFrom(actual, at)
}

func hexFrom(body []byte, at int) string {
	const most = 16
	part, rest := body[min(at, len(body)):], ""
	if len(part) > most {
		part, rest = part[:most], " …"
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%d bytes", len(body))
	if len(part) > 0 {
		fmt.Fprintf(&b, ", from byte %d: % x%s", at, part, rest)
	}
	return b.String()
}
