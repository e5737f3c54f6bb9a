package broker

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// link is a HAL link (https://stateless.group/hal_specification.html).
type link struct {
	Href string `json:"href"`
	Name string `json:"name"`
}

// links are those of one document, by relation. A relation may have one link or a list of them.
type links map[string]json.RawMessage

// find returns the first link of the first relation that there is.
func (l links) find(relations ...string) (link, bool) {
	for _, relation := range relations {
		var one link
		if json.Unmarshal(l[relation], &one) == nil && one.Href != "" {
			return one, true
		}
		var many []link
		if json.Unmarshal(l[relation], &many) == nil && len(many) > 0 && many[0].Href != "" {
			return many[0], true
		}
	}
	return link{}, false
}

// resolve fills in the variables of a link ({name}, RFC 6570 level 1), and makes it absolute. ok is false for a link that is
// no URL, or wants variables that there are not.
func (l link) resolve(from *url.URL, variables map[string]string) (to *url.URL, ok bool) {
	href := l.Href
	for name, value := range variables {
		escaped := strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
		if value == "." || value == ".." { // these would be read as steps in the path
			escaped = strings.ReplaceAll(value, ".", "%2E")
		}
		href = strings.ReplaceAll(href, "{"+name+"}", escaped)
	}
	to, err := from.Parse(href)
	if err != nil || strings.ContainsAny(href, "{}") || (to.Scheme != "http" && to.Scheme != "https") || to.Host == "" {
		return nil, false
	}
	to.Fragment = ""
	return to, true
}

// follow finds a link of the broker's index, and fills it in.
func (c *Client) follow(ctx context.Context, op string, variables map[string]string, relations ...string) (*url.URL, error) {
	if c.base == nil {
		return nil, usage(op, "no broker is configured: set %s", VariableURL)
	}
	index, err := c.readIndex(ctx, op)
	if err != nil {
		return nil, err
	}
	found, ok := index.find(relations...)
	if !ok {
		return nil, c.noLink(op, relations[0])
	}
	return c.resolve(op, found, c.base, variables)
}

// noLink is the error of an index that lacks links.
func (c *Client) noLink(op string, relations ...string) *Error {
	return &Error{
		Op: op, URL: c.redact(c.base), Kind: ErrUnexpected, Reason: "its index has no link " + strings.Join(relations, ", "),
		Advice: "check that this is the base URL of a Pact Broker, and that it is not older than 2.86",
	}
}

// resolve fills a link in, and refuses one that leads elsewhere.
func (c *Client) resolve(op string, l link, from *url.URL, variables map[string]string) (*url.URL, error) {
	to, ok := l.resolve(from, variables)
	if !ok {
		return nil, &Error{Op: op, URL: c.redact(from), Kind: ErrUnexpected, Reason: "its link " + c.clean(l.Href) + " cannot be followed"}
	}
	if !c.trusts(to) {
		return nil, c.elsewhere(op, from, to)
	}
	return to, nil
}

// readIndex reads the broker's index, once.
func (c *Client) readIndex(ctx context.Context, op string) (links, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.index != nil {
		return c.index, nil
	}
	a, err := c.do(ctx, call{op: op, method: http.MethodGet, url: c.base, repeats: true})
	if err != nil {
		return nil, err
	}
	var index struct {
		Links links `json:"_links"`
	}
	if err := c.decode(op, a, &index); err != nil {
		return nil, err
	}
	if len(index.Links) == 0 {
		return nil, &Error{
			Op: op, URL: c.redact(a.url), Kind: ErrUnexpected, Reason: "the answer has no links",
			Advice: "check that this is the base URL of a Pact Broker",
		}
	}
	c.index = index.Links
	return c.index, nil
}

// decode reads the JSON of an answer.
func (c *Client) decode(op string, a answer, into any) error {
	if err := json.Unmarshal(a.body, into); err != nil {
		return &Error{Op: op, URL: c.redact(a.url), Kind: ErrUnexpected, Cause: err,
			Reason: "the answer is broken JSON: " + c.clean(err.Error()), Advice: "check the URL, and the proxy before the broker"}
	}
	return nil
}
