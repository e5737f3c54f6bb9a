package webhook

import (
	"net/http"
	"net/url"
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
	// the environment variable that holds the shared token; "": there is none, or the cases do not apply
	TokenEnv string `yaml:"token_env"`
	Signed   bool   `yaml:"signed"`  // signed like a delivery
	Confirm  string `yaml:"confirm"` // host:port on which the gate waits for the receiver to visit {confirm_url}; "": it need not
	Answer   Answer `yaml:"answer"`
}

// Answer is what a receiver answers to a challenge that it accepts. Empty fields are not checked.
type Answer struct {
	Status      int            `yaml:"status"`       // any 2xx when 0
	Body        string         `yaml:"body"`         // the whole body, apart from white space around it
	Contains    string         `yaml:"contains"`     // a part of the body
	JSON        map[string]any `yaml:"json"`         // members that the body, a JSON object, has; it may have more
	ContentType string         `yaml:"content_type"` // the media type, without parameters
	// each with the values that are right: WebHook-Allowed-Origin: [events.example.com, "*"]
	Headers map[string][]string `yaml:"headers"`
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
	if c.Method == http.MethodGet && c.Body != "" {
		m.add("challenge.body", "%q: a GET has no body", c.Body)
	}
	if _, err := url.ParseQuery(c.Query); err != nil {
		m.add("challenge.query", "%q: must be a query, escaped where it needs to be", c.Query)
	}
	if c.TokenEnv != "" && !c.NeedsToken() {
		m.add("challenge.token_env", "%q: nothing in the challenge holds {token}", c.TokenEnv)
	}
	if named := c.mentions("{confirm_url}"); named != (c.Confirm != "") {
		m.add("challenge.confirm", "%q: {confirm_url} and the host:port where it is awaited belong together", c.Confirm)
	}
	if a := c.Answer; a.Body == "" && a.Contains == "" && len(a.JSON) == 0 && len(a.Headers) == 0 && c.Confirm == "" {
		m.add("challenge.answer", "is missing: say how the receiver shows that it agrees, as body, contains, json or headers")
	}
}

// mentions reports whether the request holds a placeholder.
func (c Challenge) mentions(part string) bool {
	all := []string{c.Query, c.Body}
	for _, value := range c.Headers {
		all = append(all, value)
	}
	return strings.Contains(strings.Join(all, "\n"), part)
}
