package broker

import (
	"context"
	"slices"
)

// needed are the links of a broker's index that the operations of a Client follow.
var needed = []string{
	"pb:publish-contracts", "pb:publish-pact", "pb:provider-pacts-for-verification",
	"pb:pacticipant", "pb:pacticipant-version", "pb:pacticipant-branch-version", "pb:pacticipant-version-tag",
	"pb:environments", "pb:webhooks", "pb:webhook",
}

// Check reports whether the broker answers, accepts the credentials, and has every link that the operations of a Client follow.
// It sends two requests, for the index and for the environments, and changes nothing. It does not check what the
// credentials may write.
func (c *Client) Check(ctx context.Context) error {
	const op = "check the broker"
	if c.base == nil {
		return usage(op, "no broker is configured: set %s", VariableURL)
	}
	index, err := c.readIndex(ctx, op)
	if err != nil {
		return err
	}
	missing := slices.DeleteFunc(slices.Clone(needed), func(relation string) bool {
		_, ok := index.find(relation)
		return ok
	})
	if len(missing) > 0 {
		return c.noLink(op, missing...)
	}
	_, err = c.environments(ctx, op)
	return err
}

// Address returns the broker's base URL, for people: without user, password and query.
func (c *Client) Address() string {
	if c.base == nil {
		return ""
	}
	return c.redact(c.base)
}
