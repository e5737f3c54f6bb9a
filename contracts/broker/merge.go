package broker

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// merge adds the interactions to those that the version has: a Pact Broker 2.119 answers 409 to pb:publish-contracts with
// onConflict "merge", and merges a PATCH of the pact itself. The broker replaces an interaction of the same description and
// states even if its answer is another one (lib/pact_broker/pacts/merger.rb), so that is looked for first: it is a conflict,
// and nothing is merged. Each pact takes two requests. The build's URL is not sent.
func (c *Client) merge(ctx context.Context, op string, body publishBody) (Published, error) {
	one := Published{Consumer: body.Pacticipant, Version: body.Version}
	places := make([]*url.URL, len(body.Contracts))
	for n, pact := range body.Contracts {
		to, err := c.mergeable(ctx, op, pact, body.Version)
		if err != nil {
			return one, err
		}
		places[n] = to
	}
	for n, pact := range body.Contracts {
		_, err := c.do(ctx, call{op: op, method: http.MethodPatch, url: places[n], body: json.RawMessage(pact.Content), repeats: true})
		if err != nil {
			var e *Error
			if errors.As(err, &e) {
				e.Reason += fmt.Sprintf("; %d of the %d pacts were merged before: %s",
					n, len(body.Contracts), cmp.Or(strings.Join(one.Pacts, ", "), "none"))
			}
			return one, conflict(err)
		}
		one.Pacts = append(one.Pacts, c.redact(places[n]))
		one.Notices = append(one.Notices, fmt.Sprintf("Merged the pact between %s (%s) and %s",
			c.clean(pact.Consumer), c.clean(body.Version), c.clean(pact.Provider)))
	}
	err := c.recordVersion(ctx, op, body.Pacticipant, body.Version, body.Branch, body.Tags)
	var e *Error
	if errors.As(err, &e) {
		e.Sent, e.Reason = true, e.Reason+"; all pacts were merged, and the version's branch or tags are not recorded"
	}
	return one, err
}

// mergeable returns where a pact is merged, unless an interaction there would be replaced by another one.
func (c *Client) mergeable(ctx context.Context, op string, pact contract, version string) (*url.URL, error) {
	to, err := c.follow(ctx, op, map[string]string{
		"consumer": pact.Consumer, "provider": pact.Provider, "consumerApplicationVersion": version,
	}, "pb:publish-pact")
	if err != nil {
		return nil, err
	}
	a, err := c.do(ctx, call{op: op, method: http.MethodGet, url: to, repeats: true})
	switch {
	case errors.Is(err, ErrNotFound):
		return to, nil
	case err != nil:
		return nil, err
	}
	there, err := interactionsOf(a.body)
	if err != nil {
		return nil, c.unexpected(op, a, "the answer is no pact")
	}
	added, err := interactionsOf(pact.Content)
	if err != nil {
		return nil, usage(op, "%s", err)
	}
	for key, text := range added {
		if old, ok := there[key]; ok && !bytes.Equal(old, text) {
			return nil, &Error{
				Op: op, URL: c.redact(to), Kind: ErrConflict,
				Reason: fmt.Sprintf("the version has %s with another request or answer, which a merge would replace", c.clean(key)),
				Advice: "let the builds of one version write an interaction alike, or give it another description",
			}
		}
	}
	return to, nil
}

// interactionsOf returns the interactions and messages of a pact by their description and states, each in one spelling
// and without what a broker adds.
func interactionsOf(content []byte) (map[string][]byte, error) {
	var pact struct{ Interactions, Messages []map[string]any }
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	if err := decoder.Decode(&pact); err != nil {
		return nil, err
	}
	all := map[string][]byte{}
	for _, one := range append(pact.Interactions, pact.Messages...) {
		delete(one, "_id")
		key := fmt.Sprintf("%q", one["description"])
		for _, name := range []string{"provider_state", "providerState", "providerStates"} {
			if states, ok := one[name]; ok && states != nil {
				text, err := json.Marshal(states)
				if err != nil {
					return nil, err
				}
				key += " (" + string(text) + ")"
			}
		}
		text, err := json.Marshal(one)
		if err != nil {
			return nil, err
		}
		all[key] = text
	}
	return all, nil
}
