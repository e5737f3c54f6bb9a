package verification

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/fridaygate/fridaygate/contracts/pact/wire"
	"github.com/fridaygate/fridaygate/contracts/printable"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// recorded is what was on the wire for one interaction, as it was sent.
type recorded struct {
	request, answer *wire.Message // nil: nothing was sent, or nothing came
	filtered        []string      // the fields that the filter set
	message         *Message      // what the message function returned
}

// show adds what was sent and what came to a result that is no pass, without secrets.
func (p *planned) show(r *Result) {
	if r.Verdict == verdict.Pass {
		return
	}
	hidden := func(name string) bool {
		return secret(name) || slices.ContainsFunc(p.wire.filtered, func(f string) bool { return strings.EqualFold(f, name) })
	}
	if p.wire.request != nil {
		r.Request = shown(p.wire.request, p.wire.request.Content(), hidden)
	}
	if p.setup.Request != nil {
		r.Request = shownMessage(p.setup.Request)
	}
	if p.wire.answer != nil {
		r.Answer = shown(p.wire.answer, p.answer, secret)
	}
	if p.wire.message != nil {
		r.Answer = shownMessage(p.wire.message)
	}
}

// blank replaces a secret.
const blank = "…"

// secretWords are parts of the names of fields and parameters whose value is a secret, or proves that one is known.
var secretWords = []string{
	"authorization", "cookie", "apikey", "accesskey", "secretkey", "privatekey", "secret", "signature", "hmac", "token",
	"password", "passwd", "session", "credential", "xauth",
}

// secret reports whether the value of a field or a parameter of that name must not be shown.
func secret(name string) bool {
	name = strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(name))
	return slices.Contains([]string{"key", "sig", "auth", "pwd"}, name) ||
		slices.ContainsFunc(secretWords, func(word string) bool { return strings.Contains(name, word) })
}

// shown writes an HTTP message for people.
func shown(m *wire.Message, body []byte, hidden func(name string) bool) string {
	var b strings.Builder
	start := m.Start()
	if method, target, version := m.RequestLine(); m.Status() == 0 {
		start = method + " " + withoutSecrets(target) + " " + version
	}
	b.WriteString(printable.Text(start) + "\n")
	for i, name := range m.Names() {
		value := m.Value(i)
		if hidden(name) {
			value = blank
		}
		b.WriteString(printable.Text(name+": "+value) + "\n")
	}
	return strings.TrimRight(b.String()+"\n"+shownBody(body), "\n")
}

// withoutSecrets blanks the values of a query that are secrets.
func withoutSecrets(target string) string {
	path, query, found := strings.Cut(target, "?")
	if !found {
		return target
	}
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, _, valued := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); valued && err == nil && secret(plain) {
			pairs[i] = name + "=" + blank
		}
	}
	return path + "?" + strings.Join(pairs, "&")
}

// shownMessage writes a message for people.
func shownMessage(m *Message) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(m.Metadata)) {
		value, err := json.Marshal(m.Metadata[name])
		if secret(name) || err != nil {
			value = []byte(blank)
		}
		fmt.Fprintf(&b, "%s: %s\n", printable.Text(name), printable.Text(string(value)))
	}
	return strings.TrimRight(cmp.Or(b.String(), "(no metadata)\n")+"\n"+shownBody(m.Body), "\n")
}

// What is shown of a body, in bytes.
const (
	shownText   = 4 << 10
	shownBinary = 256
)

// shownBody writes a body for people: text as it is, everything else in hexadecimal.
func shownBody(body []byte) string {
	if text := body[:min(len(body), shownText)]; isText(text) {
		return printable.Text(strings.ReplaceAll(strings.ToValidUTF8(string(text), ""), "\r\n", "\n")) + more(len(body), shownText)
	}
	return strings.TrimRight(hex.Dump(body[:min(len(body), shownBinary)]), "\n") + more(len(body), shownBinary)
}

func more(size, shown int) string {
	if size <= shown {
		return ""
	}
	return fmt.Sprintf("\n… %d bytes in all", size)
}

// isText reports whether a body is text that a terminal can show. It may be cut off in a letter.
func isText(body []byte) bool {
	for len(body) > 0 {
		r, size := utf8.DecodeRune(body)
		if r == utf8.RuneError && size == 1 && len(body) >= utf8.UTFMax || r < ' ' && !strings.ContainsRune("\t\n\r", r) {
			return false
		}
		body = body[size:]
	}
	return true
}
