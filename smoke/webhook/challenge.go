package webhook

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Challenge is the request with which a sender checks that an endpoint agrees to deliveries, before or between them:
// a GET with a challenge to echo, a POST such as url_verification, an OPTIONS handshake. It delivers no event. The
// zero value, without Method, is no challenge.
//
// Query, Headers, Body and Answer may hold {challenge} (a random text, new for each request), {token} (the value of
// TokenEnv), {timestamp} (Unix seconds), {hmac} (hex HMAC-SHA256 of the challenge, keyed with the signature's secret) and
// {confirm_url} (where Confirm listens).
type Challenge struct {
	Method      string            `yaml:"method"`       // GET, POST, PUT or OPTIONS
	Query       string            `yaml:"query"`        // hub.mode=subscribe&hub.verify_token={token}&hub.challenge={challenge}
	Headers     map[string]string `yaml:"headers"`      // WebHook-Request-Origin: events.example.com
	Body        string            `yaml:"body"`         // {"type":"url_verification","challenge":"{challenge}"}
	ContentType string            `yaml:"content_type"` // of Body; the endpoint's when empty
	TokenEnv    string            `yaml:"token_env"`    // the environment variable that holds the token both sides know; "": there is none, or the cases do not apply
	Signed      bool              `yaml:"signed"`       // signed like a delivery
	Confirm     string            `yaml:"confirm"`      // host:port on which the gate waits for the receiver to visit {confirm_url}; "": it need not
	Answer      Answer            `yaml:"answer"`
}

// Answer is what a receiver answers to a challenge that it agrees to. What is empty does not matter.
type Answer struct {
	Status      int                 `yaml:"status"`       // any 2xx when 0
	Body        string              `yaml:"body"`         // the whole body, apart from white space around it
	Contains    string              `yaml:"contains"`     // a part of the body
	JSON        map[string]any      `yaml:"json"`         // members that the body, a JSON object, has; it may have more
	ContentType string              `yaml:"content_type"` // the media type, without parameters
	Headers     map[string][]string `yaml:"headers"`      // each with the values that are right: WebHook-Allowed-Origin: [events.example.com, "*"]
}

// NeedsToken reports whether the request holds {token}.
func (c Challenge) NeedsToken() bool { return c.mentions("{token}") }

// Told reports whether the contract has a challenge.
func (c Challenge) Told() bool { return c.Method != "" }

func (c Challenge) check(m *mistakes) {
	if !c.Told() {
		if c.Query != "" || c.Body != "" || c.TokenEnv != "" || len(c.Headers) > 0 {
			m.add("challenge.method", "is missing: must be GET, POST, PUT or OPTIONS")
		}
		return
	}
	if !slices.Contains([]string{"GET", "POST", "PUT", "OPTIONS"}, c.Method) {
		m.add("challenge.method", "%q: must be GET, POST, PUT or OPTIONS", c.Method)
	}
	if c.Method == http.MethodGet && c.Body != "" {
		m.add("challenge.body", "%q: a GET has no body", c.Body)
	}
	if _, err := url.ParseQuery(c.Query); err != nil || strings.HasPrefix(c.Query, "?") {
		m.add("challenge.query", "%q: must be a query without its question mark", c.Query)
	}
	if c.TokenEnv != "" && !variable.MatchString(c.TokenEnv) {
		m.add("challenge.token_env", "%q: must be the name of an environment variable; the token itself never stands in a file", c.TokenEnv)
	}
	if c.TokenEnv != "" && !c.NeedsToken() {
		m.add("challenge.token_env", "%q: nothing in the challenge holds {token}", c.TokenEnv)
	}
	if named := c.mentions("{confirm_url}"); named != (c.Confirm != "") {
		m.add("challenge.confirm", "%q: {confirm_url} and the host:port where it is awaited belong together", c.Confirm)
	}
	if _, _, err := net.SplitHostPort(c.Confirm); c.Confirm != "" && err != nil {
		m.add("challenge.confirm", "%q: must be host:port", c.Confirm)
	}
	for name := range c.Headers {
		m.header("challenge.headers", name)
	}
	c.Answer.check(m, c.Confirm != "")
}

// mentions reports whether the request holds a placeholder.
func (c Challenge) mentions(part string) bool {
	all := []string{c.Query, c.Body}
	for _, value := range c.Headers {
		all = append(all, value)
	}
	return strings.Contains(strings.Join(all, "\n"), part)
}

func (a Answer) check(m *mistakes, confirmed bool) {
	if a.Status != 0 && (a.Status < 200 || a.Status > 299) {
		m.add("challenge.answer.status", "%d: must be a status from 200 to 299", a.Status)
	}
	if a.Body == "" && a.Contains == "" && len(a.JSON) == 0 && len(a.Headers) == 0 && !confirmed {
		m.add("challenge.answer", "is missing: say how the receiver shows that it agrees, as body, contains, json or headers")
	}
	for name, values := range a.Headers {
		m.header("challenge.answer.headers", name)
		if len(values) == 0 {
			m.add("challenge.answer.headers", "%s: must list the values that are right", name)
		}
	}
}
