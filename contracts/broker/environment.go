package broker

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Environment is where versions are deployed or released to.
type Environment struct {
	UUID        string `json:"uuid"`
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
	Production  bool   `json:"production"`

	deployed, released string // links to what is there
}

// Environments returns the broker's environments, by name. There may be none.
func (c *Client) Environments(ctx context.Context) ([]Environment, error) {
	return c.environments(ctx, "list the environments")
}

func (c *Client) environments(ctx context.Context, op string) ([]Environment, error) {
	to, err := c.follow(ctx, op, nil, "pb:environments")
	if err != nil {
		return nil, err
	}
	a, err := c.do(ctx, call{op: op, method: http.MethodGet, url: to, repeats: true})
	if err != nil {
		return nil, err
	}
	var list struct {
		Embedded *struct {
			Environments []struct {
				Environment
				Links links `json:"_links"`
			} `json:"environments"`
		} `json:"_embedded"`
	}
	if err := c.decode(op, a, &list); err != nil {
		return nil, err
	}
	if list.Embedded == nil {
		return nil, c.unexpected(op, a, "the answer has no list of environments")
	}
	var all []Environment
	for _, one := range list.Embedded.Environments {
		deployed, _ := one.Links.find("pb:currently-deployed-deployed-versions")
		released, _ := one.Links.find("pb:currently-supported-released-versions")
		one.deployed, one.released = deployed.Href, released.Href
		all = append(all, one.Environment)
	}
	slices.SortFunc(all, func(a, b Environment) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}

// environment returns the one of that name.
func (c *Client) environment(ctx context.Context, op, name string) (Environment, error) {
	all, err := c.environments(ctx, op)
	if err != nil {
		return Environment{}, err
	}
	names := make([]string, len(all))
	for n, one := range all {
		if one.Name == name {
			return one, nil
		}
		names[n] = one.Name
	}
	return Environment{}, &Error{Op: op, URL: c.redact(c.base), Kind: ErrUnknownEnvironment,
		Reason: fmt.Sprintf("the broker has no environment %q; it has: %s", name, cmp.Or(strings.Join(names, ", "), "none")),
		Advice: "create it (fridaygate create-environment), or check its name"}
}

// Contact is whom to ask about an environment. What is empty is left out.
type Contact struct{ Name, EmailAddress string }

// body returns the contact as the broker takes it.
func (c Contact) body() map[string]any {
	body := map[string]any{}
	if c.Name != "" {
		body["name"] = c.Name
	}
	if c.EmailAddress != "" {
		body["details"] = map[string]any{"emailAddress": c.EmailAddress}
	}
	return body
}

// CreateEnvironment creates an environment. An empty displayName leaves it to the broker.
func (c *Client) CreateEnvironment(ctx context.Context, name, displayName string, production bool, contacts ...Contact) error {
	op := "create the environment " + c.clean(name)
	if strings.TrimSpace(name) == "" {
		return usage(op, "it has no name")
	}
	to, err := c.follow(ctx, op, nil, "pb:environments")
	if err != nil {
		return err
	}
	body := map[string]any{"name": name, "production": production}
	if displayName != "" {
		body["displayName"] = displayName
	}
	if len(contacts) > 0 {
		all := make([]map[string]any, len(contacts))
		for i, one := range contacts {
			all[i] = one.body()
		}
		body["contacts"] = all
	}
	_, err = c.do(ctx, call{op: op, method: http.MethodPost, url: to, body: body})
	return err
}

// Branch is a branch of a pacticipant.
type Branch struct {
	Name    string `json:"name"`
	Created string `json:"createdAt"`
}

// Branches returns all branches of a pacticipant, which the broker lists in pages of up to 100.
func (c *Client) Branches(ctx context.Context, pacticipant string) ([]Branch, error) {
	op := "list the branches of " + c.clean(pacticipant)
	_, document, err := c.resource(ctx, op, map[string]string{"pacticipant": pacticipant}, "pb:pacticipant")
	if err != nil {
		return nil, unknownPacticipant(err, pacticipant)
	}
	var all []Branch
	read := map[string]bool{} // the addresses of pages
	for relation := "pb:branches"; ; relation = "next" {
		a, err := c.get(ctx, op, document, relation)
		if err != nil {
			return nil, err
		}
		var page struct {
			linked
			Embedded *struct{ Branches []Branch } `json:"_embedded"`
		}
		if err := c.decode(op, a, &page); err != nil {
			return nil, err
		}
		switch {
		case page.Embedded == nil:
			return nil, c.unexpected(op, a, "the answer has no list of branches")
		case read[a.url.String()]:
			return nil, c.unexpected(op, a, "its link next leads to a page that was read before")
		}
		all, read[a.url.String()] = append(all, page.Embedded.Branches...), true
		if _, more := page.Links.find("next"); !more {
			return all, nil
		}
		document = linked{from: a.url, Links: page.Links}
	}
}

// linked is a document of which the links matter.
type linked struct {
	from  *url.URL
	Links links `json:"_links"`
}

// resource reads a document that the index leads to.
func (c *Client) resource(ctx context.Context, op string, variables map[string]string, relations ...string) (answer, linked, error) {
	to, err := c.follow(ctx, op, variables, relations...)
	if err != nil {
		return answer{}, linked{}, err
	}
	a, err := c.do(ctx, call{op: op, method: http.MethodGet, url: to, repeats: true})
	if err != nil {
		return answer{}, linked{}, err
	}
	d := linked{from: a.url}
	return a, d, c.decode(op, a, &d)
}

// get reads what a document links to.
func (c *Client) get(ctx context.Context, op string, d linked, relation string) (answer, error) {
	found, ok := d.Links.find(relation)
	if !ok {
		return answer{}, &Error{
			Op: op, URL: c.redact(d.from), Kind: ErrUnexpected,
			Reason: "the answer has no link " + relation, Advice: "update the broker: it may be too old",
		}
	}
	to, err := c.resolve(op, found, d.from, nil)
	if err != nil {
		return answer{}, err
	}
	return c.do(ctx, call{op: op, method: http.MethodGet, url: to, repeats: true})
}

func (c *Client) unexpected(op string, a answer, reason string) *Error {
	return &Error{Op: op, URL: c.redact(a.url), Kind: ErrUnexpected, Reason: reason, Advice: "check the URL"}
}

// unknownPacticipant adds the name to a 404.
func unknownPacticipant(err error, name string) error {
	if e, ok := err.(*Error); ok && e.Kind == ErrNotFound { //nolint:errorlint // do returns it as it is
		e.Kind = ErrUnknownPacticipant
		e.Advice = fmt.Sprintf("the broker does not know %q: check its name, and that something of it was published", name)
	}
	return err
}
