package payloads

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/pact/verification"
)

// route names bodies of pacts.
type route struct {
	key    string // in payloads.yaml
	text   string // as it is written there
	part   string // as verification.Payload has it
	method string // "*": any
	path   *regexp.Regexp
	status string // such as 200 or 4xx; "": any
	name   *regexp.Regexp
}

var status = regexp.MustCompile(`^([1-5][0-9][0-9]|[1-5]xx|\*)$`)

// newRoute reads a route of a list of payloads.yaml.
func newRoute(list, text string) (route, error) {
	r := route{text: text, part: strings.TrimSuffix(list, "s")}
	if list == "messages" {
		r.name = wildcard(text, `.*`)
		return r, nil
	}
	words := strings.Fields(text)
	most, form := 2, "METHOD PATH, such as POST /orders/{id}"
	if list == "answers" {
		most, form = 3, "METHOD PATH STATUS, such as GET /orders/{id} 200"
	}
	switch {
	case len(words) < 2 || len(words) > most,
		words[0] != strings.ToUpper(words[0]),
		words[1] != "*" && !strings.HasPrefix(words[1], "/"),
		len(words) == 3 && !status.MatchString(words[2]):
		return r, fmt.Errorf("%q: must be %s", text, form)
	}
	r.method = words[0]
	if words[1] != "*" {
		r.path = regexp.MustCompile("^" + braces.ReplaceAllString(regexp.QuoteMeta(words[1]), "[^/]+") + "$")
	}
	if list == "answers" {
		r.status = "2xx"
	}
	if len(words) == 3 {
		r.status = strings.TrimPrefix(words[2], "*")
	}
	return r, nil
}

// braces is a part of a path, such as {id}, after regexp.QuoteMeta.
var braces = regexp.MustCompile(`\\\{[^/{}]*\\\}`)

// wildcard returns the expression of a text in which * stands for others.
func wildcard(text, others string) *regexp.Regexp {
	return regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(text), `\*`, others) + "$")
}

// matches reports whether the route names a body.
func (r route) matches(p *verification.Payload) bool {
	if r.name != nil {
		return p.Interaction.Message && r.name.MatchString(p.Interaction.Description)
	}
	return r.part == p.Part && !p.Interaction.Message &&
		(r.method == "*" || r.method == p.Method) &&
		(r.path == nil || r.path.MatchString(p.Path)) &&
		(r.status == "" || r.status == strconv.Itoa(p.Status) || strings.HasSuffix(r.status, "xx") && p.Status/100 == int(r.status[0]-'0'))
}
