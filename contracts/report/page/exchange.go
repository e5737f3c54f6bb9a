package page

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/history"
)

// exchange is a request and its answer. Attempts that sent and got the same are one.
type exchange struct {
	Attempts string // their numbers
	Request  text
	Answer   text
	key      string
}

// exchanges returns what the attempts of a round that a report keeps sent and got, in the order of time.
func exchanges(h history.History) []exchange {
	var all []exchange
	for _, a := range h.Attempts {
		if a.Request == nil {
			continue
		}
		one := exchange{fmt.Sprintf("#%d", a.Number), shortened(request(a.Request)), shortened(answered(a)), ""}
		one.key = body(a.Request) + "\x00" + one.Answer.Shown
		if last := len(all) - 1; last >= 0 && all[last].key == one.key {
			all[last].Attempts += " " + one.Attempts
			continue
		}
		all = append(all, one)
	}
	return all
}

func request(r *history.Request) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", r.Method, r.URL)
	for _, name := range r.Names() {
		for _, value := range r.Header[name] {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	return b.String() + "\n" + body(r)
}

func body(r *history.Request) string {
	switch {
	case r.Bytes != nil:
		return strings.TrimSuffix(hex.Dump(r.Bytes), "\n")
	case r.Difference != "":
		return fmt.Sprintf("(%d bytes: %s)", r.Size, r.Difference)
	}
	return r.Text
}

// answered returns what came back, or why nothing did.
func answered(a history.Attempt) string {
	if a.Status == 0 {
		return "no answer: " + a.Err
	}
	text := fmt.Sprintf("%d %s\n", a.Status, http.StatusText(a.Status))
	if a.ContentType != "" {
		text += "Content-Type: " + a.ContentType + "\n"
	}
	if a.Location != "" {
		text += "Location: " + a.Location + "\n"
	}
	text += "\n" + a.Answer
	if a.Err != "" {
		text += "\n(the answer is not whole: " + a.Err + ")"
	}
	return text
}
