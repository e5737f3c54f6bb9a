package outbound

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fridaygate/fridaygate/smoke/wire"
)

const (
	ms    = time.Millisecond
	shown = 4 << 10 // bytes of a body
)

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// sent writes the request for people.
func (c *Contract) sent() string {
	return message(c.Request.Method+" "+wire.Below(c.Target, c.Request.Target), c.Request.Header, c.Request.Body)
}

// received writes an answer for people.
func received(a answer) string {
	return message(fmt.Sprintf("%d %s", a.status, http.StatusText(a.status)), a.header, a.body)
}

func message(start string, header http.Header, body []byte) string {
	var b strings.Builder
	fmt.Fprintln(&b, start)
	for _, name := range sorted(header) {
		fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(header[name], ", "))
	}
	switch {
	case len(body) == 0:
	case !utf8.Valid(body):
		fmt.Fprintf(&b, "\n(%d bytes that are no text)", len(body))
	default:
		b.WriteString("\n" + strings.ToValidUTF8(string(body[:min(len(body), shown)]), ""))
	}
	return strings.TrimRight(b.String(), "\n")
}
