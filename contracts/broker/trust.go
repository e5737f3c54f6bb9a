package broker

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"unicode"
)

// trusts reports whether a URL is the broker's own, so that credentials may go there: same scheme, host and port, or
// the same host's https instead of http, each on its default port.
func (c *Client) trusts(u *url.URL) bool {
	if c.base == nil || !strings.EqualFold(u.Hostname(), c.base.Hostname()) {
		return false
	}
	if u.Scheme == c.base.Scheme {
		return port(u) == port(c.base)
	}
	return u.Scheme == "https" && port(u) == "443" && port(c.base) == "80"
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	default:
		return "80"
	}
}

// elsewhere is the refusal of a link or redirect that leads away from the broker.
func (c *Client) elsewhere(op string, from, to *url.URL) *Error {
	e := &Error{
		Op: op, URL: c.redact(from), Kind: ErrElsewhere,
		Reason: "it leads to " + c.redact(to) + ", which is not the configured broker and is not sent its credentials",
		Advice: "no broker is configured: set " + VariableURL,
	}
	if c.base != nil {
		e.Advice = "if that is the same broker, set PACT_BROKER_BASE_URL of the broker itself to " + c.redact(c.base) +
			" (or let the proxy before it send X-Forwarded-Host and X-Forwarded-Proto), or use the address that it gives; " +
			"if it is a sign-in page, use a token"
	}
	return e
}

const maxRedirects = 5

// redirects is the CheckRedirect of one call. Only a GET is sent on: of a POST, net/http would make a GET.
func (c *Client) redirects(k call) func(*http.Request, []*http.Request) error {
	return func(next *http.Request, via []*http.Request) error {
		next.Header.Del("Referer")
		last := via[len(via)-1].URL
		switch {
		case k.method != http.MethodGet:
			return http.ErrUseLastResponse
		case len(via) > maxRedirects:
			return &Error{Op: k.op, URL: c.redact(last), Kind: ErrUnexpected, Reason: "it redirects too often, perhaps in a circle",
				Advice: "check the URL, and the proxy before the broker"}
		case !k.anonymous && !c.trusts(next.URL):
			return c.elsewhere(k.op, last, next.URL)
		}
		return nil
	}
}

// redact returns a URL for a person: without user, password, query and fragment.
func (c *Client) redact(u *url.URL) string {
	text := u.Scheme + "://" + u.Host
	if path := u.EscapedPath(); path != "" {
		text += "/" + strings.TrimPrefix(path, "/")
	}
	if u.RawQuery != "" {
		text += "?..."
	}
	return c.clean(text)
}

const maxText = 600 // of what a server says in an error

// clean makes what a server says fit for an error: one line, no control characters that a terminal would obey, not
// long, and without the credentials, should the server repeat them.
func (c *Client) clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, c.blank(strings.ToValidUTF8(text, "")))
	text = c.blank(strings.Join(strings.Fields(text), " ")) // again: what was dropped may have stood inside of one
	if runes := []rune(text); len(runes) > maxText {
		text = string(runes[:maxText]) + "..."
	}
	return text
}

func (c *Client) blank(text string) string {
	for _, secret := range c.secrets() {
		text = strings.ReplaceAll(text, secret, "[secret]")
	}
	return text
}

// secrets are the credentials in each form in which they are sent. Very short ones are left out: blanking them would
// blank half the text, and show them.
func (c *Client) secrets() []string {
	var found []string
	candidates := []string{
		base64.StdEncoding.EncodeToString([]byte(c.username + ":" + c.password)), c.token, c.password,
		url.QueryEscape(c.token), url.QueryEscape(c.password), url.PathEscape(c.token), url.PathEscape(c.password),
	}
	for _, values := range c.header {
		candidates = append(candidates, values...)
	}
	for _, secret := range candidates {
		if len(secret) >= 4 {
			found = append(found, secret)
		}
	}
	return found
}
