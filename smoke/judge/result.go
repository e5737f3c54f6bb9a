package judge

import (
	"bytes"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/smoke/payload"
)

// same reports whether two answers are one result: the same status, and the same bytes or the same JSON value
// once the ignored parts are taken out. Numbers are compared as they are written.
func same(a, b *history.Attempt, ignore []string) bool {
	if a.Status != b.Status {
		return false
	}
	if bytes.Equal(a.Body, b.Body) {
		return true
	}
	x, okX := value(a.Body)
	y, okY := value(b.Body)
	if !okX || !okY {
		return false
	}
	for _, pointer := range ignore {
		x, y = without(x, pointer), without(y, pointer)
	}
	return reflect.DeepEqual(x, y)
}

// value reads one JSON value. It reports false for what is no JSON and for what payload.Bounded refuses: such answers
// are compared as bytes.
func value(text []byte) (any, bool) {
	v, err := payload.Value(text)
	return v, err == nil
}

// without drops the member at a JSON Pointer (RFC 6901), where there is one. Array elements stay: the places of
// the others would move.
func without(v any, pointer string) any {
	at := jsontext.Pointer(pointer)
	holder, ok := v.(map[string]any)
	for name := range at.Parent().Tokens() {
		holder, ok = holder[name].(map[string]any)
	}
	if ok && at != "" {
		delete(holder, at.LastToken())
	}
	return v
}

// shown is how much of an answer's body a finding shows, in bytes.
const shown = 160

// answer shows an answer in one line.
func answer(a *history.Attempt) string {
	line := strings.TrimSpace(fmt.Sprintf("%d %s", a.Status, http.StatusText(a.Status)))
	if a.Err != "" {
		line = "no answer: " + a.Err
	}
	if body := strings.Join(strings.Fields(string(a.Body)), " "); body != "" {
		line += text(body, len(a.Body))
	}
	if a.Persisted > 0 {
		line += fmt.Sprintf(" (%d times, and others were answered in between)", a.Persisted)
	}
	return line
}

// text shows the body of an answer, or how long it is.
func text(body string, size int) string {
	switch {
	case !utf8.ValidString(body):
		return fmt.Sprintf(", %s that are no text", plural(size, "byte"))
	case len(body) > shown:
		body = strings.ToValidUTF8(body[:shown], "") + "…"
	}
	return " " + body
}
