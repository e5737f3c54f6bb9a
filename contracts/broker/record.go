package broker

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Deployment is a version of a pacticipant in an environment.
type Deployment struct {
	Pacticipant string `json:"pacticipant"`
	Version     string `json:"version,omitempty"`
	Environment string `json:"environment"`
	// distinguishes instances of one application that are deployed separately; empty: there is one
	Instance string `json:"applicationInstance,omitempty"`
}

func (d Deployment) validate(op string, versioned bool) error {
	for _, text := range [][2]string{{"pacticipant", d.Pacticipant}, {"environment", d.Environment}, {"version", d.Version}} {
		if strings.TrimSpace(text[1]) == "" && (versioned || text[0] != "version") {
			return usage(op, "the %s is missing", text[0])
		}
	}
	return nil
}

// RecordDeployment records that a version was deployed: it replaces the one deployed there before
// (https://docs.pact.io/pact_broker/recording_deployments_and_releases). The version must exist in the broker.
func (c *Client) RecordDeployment(ctx context.Context, d Deployment) error {
	return c.record(ctx, d, "record the deployment", "pb:record-deployment")
}

// RecordRelease records that a version was released, beside those released there before.
func (c *Client) RecordRelease(ctx context.Context, d Deployment) error {
	return c.record(ctx, d, "record the release", "pb:record-release")
}

func (c *Client) record(ctx context.Context, d Deployment, doing, relation string) error {
	op := fmt.Sprintf("%s of %s %s to %s", doing, c.clean(d.Pacticipant), c.clean(d.Version), c.clean(d.Environment))
	if err := d.validate(op, true); err != nil {
		return err
	}
	_, version, err := c.resource(ctx, op, map[string]string{"pacticipant": d.Pacticipant, "version": d.Version}, "pb:pacticipant-version")
	if err != nil {
		return unknownVersion(err, d.Pacticipant, d.Version)
	}
	there, ok := version.Links.named(relation, d.Environment)
	if !ok {
		if _, err := c.environment(ctx, op, d.Environment); err != nil {
			return err
		}
		return &Error{
			Op: op, URL: c.redact(version.from), Kind: ErrUnexpected,
			Reason: "the version has no link " + relation + " for the environment", Advice: "update the broker: it may be too old",
		}
	}
	to, err := c.resolve(op, there, version.from, nil)
	if err != nil {
		return err
	}
	body := struct {
		Instance string `json:"applicationInstance,omitempty"`
	}{d.Instance}
	_, err = c.do(ctx, call{op: op, method: http.MethodPost, url: to, body: body})
	return err
}

// named returns the link of a relation that has a name.
func (l links) named(relation, name string) (link, bool) {
	var many []link
	if json.Unmarshal(l[relation], &many) == nil {
		for _, one := range many {
			if one.Name == name && one.Href != "" {
				return one, true
			}
		}
	}
	return link{}, false
}

// RecordUndeployment records that the application, or the one instance of it, is no longer deployed there. The version in
// d is ignored. Nothing deployed is an ErrNotDeployed, and more than one instance an error that names them.
func (c *Client) RecordUndeployment(ctx context.Context, d Deployment) error {
	op := fmt.Sprintf("record the undeployment of %s from %s", c.clean(d.Pacticipant), c.clean(d.Environment))
	if err := d.validate(op, false); err != nil {
		return err
	}
	there, err := c.environment(ctx, op, d.Environment)
	if err != nil {
		return err
	}
	all, err := c.versions(ctx, op, there.deployed, d.Pacticipant)
	if err != nil {
		return err
	}
	var instances []string
	for _, one := range all {
		if one.Instance == d.Instance {
			_, err := c.do(ctx, call{
				op: op, method: http.MethodPatch, url: one.self, body: map[string]bool{"currentlyDeployed": false},
				format: "application/merge-patch+json", repeats: true,
			})
			return err
		}
		instances = append(instances, fmt.Sprintf("%q", one.Instance))
	}
	e := &Error{Op: op, URL: c.redact(c.base), Kind: ErrNotDeployed, Reason: "nothing of it is deployed there", Advice: "check the names"}
	if len(instances) > 0 {
		e.Reason = fmt.Sprintf("no instance %q is deployed there; these are: %s", d.Instance, strings.Join(instances, ", "))
		e.Advice = "name one (--application-instance)"
	}
	return e
}

// Deployed returns the versions of a pacticipant that are recorded as deployed in an environment, one for each instance.
// None is no error, also of a pacticipant that the broker does not know.
func (c *Client) Deployed(ctx context.Context, pacticipant, environment string) ([]Deployment, error) {
	op := fmt.Sprintf("list what is deployed of %s in %s", c.clean(pacticipant), c.clean(environment))
	d := Deployment{Pacticipant: pacticipant, Environment: environment}
	if err := d.validate(op, false); err != nil {
		return nil, err
	}
	there, err := c.environment(ctx, op, environment)
	if err != nil {
		return nil, err
	}
	found, err := c.versions(ctx, op, there.deployed, pacticipant)
	if err != nil {
		return nil, err
	}
	all := make([]Deployment, len(found))
	for n, one := range found {
		d.Version, d.Instance = one.Version, one.Instance
		all[n] = d
	}
	return all, nil
}

// standing returns the versions of a pacticipant that are deployed, or released and supported, in an environment.
func (c *Client) standing(ctx context.Context, op string, d Deployment) ([]standingVersion, error) {
	there, err := c.environment(ctx, op, d.Environment)
	if err != nil {
		return nil, err
	}
	deployed, err := c.versions(ctx, op, there.deployed, d.Pacticipant)
	if err != nil {
		return nil, err
	}
	released, err := c.versions(ctx, op, there.released, d.Pacticipant)
	return append(deployed, released...), err
}

// standingVersion is a version in an environment.
type standingVersion struct {
	Instance string
	Version  string
	self     *url.URL
}

// versions reads a list of what is in an environment, of one pacticipant.
func (c *Client) versions(ctx context.Context, op, href, pacticipant string) ([]standingVersion, error) {
	to, err := c.resolve(op, link{Href: href}, c.base, nil)
	if err != nil {
		return nil, err
	}
	query := to.Query()
	query.Set("pacticipant", pacticipant)
	to.RawQuery = query.Encode()
	a, err := c.do(ctx, call{op: op, method: http.MethodGet, url: to, repeats: true})
	if err != nil {
		return nil, err
	}
	type entry struct {
		Instance string `json:"applicationInstance"`
		Target   string `json:"target"` // its name in brokers before 2.93
		Embedded struct {
			Pacticipant struct{ Name string }
			Version     struct{ Number string }
		} `json:"_embedded"`
		Links links `json:"_links"`
	}
	var list struct {
		Embedded *struct{ DeployedVersions, ReleasedVersions []entry } `json:"_embedded"`
	}
	if err := c.decode(op, a, &list); err != nil {
		return nil, err
	}
	if list.Embedded == nil {
		return nil, c.unexpected(op, a, "the answer has no list of versions")
	}
	var all []standingVersion
	for _, one := range append(list.Embedded.DeployedVersions, list.Embedded.ReleasedVersions...) {
		if one.Embedded.Pacticipant.Name != pacticipant {
			continue
		}
		self, _ := one.Links.find("self")
		to, err := c.resolve(op, self, a.url, nil)
		if err != nil {
			return nil, err
		}
		all = append(all, standingVersion{Instance: cmp.Or(one.Instance, one.Target), Version: one.Embedded.Version.Number, self: to})
	}
	return all, nil
}

// unknownVersion adds the version to a 404.
func unknownVersion(err error, pacticipant, version string) error {
	if e, ok := err.(*Error); ok && e.Kind == ErrNotFound { //nolint:errorlint // do returns it as it is
		e.Kind = ErrUnknownVersion
		e.Advice = fmt.Sprintf("the broker has no version %q of %q: publish its pacts or verification results under this version first",
			version, pacticipant)
	}
	return err
}
