package broker

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// Verification is the result of verifying one pact. Only what was looked at is a result: a provider that could not be
// reached is none, and must not be published.
type Verification struct {
	Success         bool
	ProviderVersion string       // the provider's version that was verified, such as its commit
	ProviderBranch  string       // the version is recorded as one of this branch; empty: of none
	ProviderTags    []string     // the version gets these tags
	BuildURL        string       // of the CI build, for a person; may be empty
	Tests           []TestResult // one for each interaction; a success needs at least one, and no failed one
	VerifiedBy      VerifiedBy   // what verified it; zero: not said
}

// VerifiedBy is the tool that verified a pact.
type VerifiedBy struct {
	Name    string `json:"implementation"`
	Version string `json:"version,omitempty"`
}

// TestResult is the result of one interaction.
type TestResult struct {
	InteractionID string      `json:"interactionId,omitempty"`          // the interaction's _id in Pact.Content
	Description   string      `json:"interactionDescription,omitempty"` // the interaction's
	Success       bool        `json:"success"`
	Mismatches    []Mismatch  `json:"mismatches,omitempty"`
	Exceptions    []Exception `json:"exceptions,omitempty"`
}

// Mismatch is one difference between the pact and what the provider gave.
type Mismatch struct {
	Attribute   string `json:"attribute,omitempty"`  // status, header, body or metadata
	Identifier  string `json:"identifier,omitempty"` // where in it: a JSON path, or a header's name
	Description string `json:"description,omitempty"`
}

// Exception is why an interaction could not be compared to its end.
type Exception struct {
	Message string `json:"message"`
}

// verificationBody is what is sent.
type verificationBody struct {
	Success    bool         `json:"success"`
	Version    string       `json:"providerApplicationVersion"`
	BuildURL   string       `json:"buildUrl,omitempty"`
	Tests      []TestResult `json:"testResults,omitempty"`
	VerifiedBy *VerifiedBy  `json:"verifiedBy,omitempty"`
}

// PublishVerification records the provider's version with its branch and tags, so that the result counts for them,
// and then publishes the result. An error after the first step leaves the version recorded, without a result.
func (c *Client) PublishVerification(ctx context.Context, p Pact, v Verification) error {
	op := "publish the verification of the pact between " + c.clean(p.Consumer) + " and " + c.clean(p.Provider)
	if err := v.validate(p); err != nil {
		return usage(op, "%s", oneLine(err))
	}
	if c.base == nil {
		return usage(op, "no broker is configured: set %s", VariableURL)
	}
	results, err := url.Parse(p.results)
	if err != nil {
		return usage(op, "the link of its results is no URL")
	}
	if !c.trusts(results) {
		return c.elsewhere(op, c.base, results)
	}
	if err := c.recordVersion(ctx, op, p.Provider, v.ProviderVersion, v.ProviderBranch, v.ProviderTags); err != nil {
		return err
	}
	body := verificationBody{Success: v.Success, Version: v.ProviderVersion, BuildURL: v.BuildURL, Tests: v.Tests}
	if v.VerifiedBy.Name != "" {
		body.VerifiedBy = &v.VerifiedBy
	}
	_, err = c.do(ctx, call{op: op, method: http.MethodPost, url: results, body: body})
	return err
}

// validate returns every mistake.
func (v Verification) validate(p Pact) error {
	var wrong []error
	if !p.InBroker() {
		wrong = append(wrong, errors.New("it was not read from a broker, so there is nowhere to publish to"))
	}
	if strings.TrimSpace(v.ProviderVersion) == "" {
		wrong = append(wrong, errors.New("the provider's version is not said: give the commit that was verified"))
	}
	if v.Success && len(v.Tests) == 0 {
		wrong = append(wrong, errors.New("it is called a success, and no interaction was verified"))
	}
	for _, t := range v.Tests {
		if v.Success && !t.Success {
			wrong = append(wrong, errors.New("it is called a success, and an interaction failed: "+t.Description))
		}
	}
	return errors.Join(wrong...)
}

// recordVersion records a pacticipant's version with its branch and tags. It is idempotent.
func (c *Client) recordVersion(ctx context.Context, op, pacticipant, version, branch string, tags []string) error {
	put := func(variables map[string]string, relation string) error {
		variables["pacticipant"], variables["version"] = pacticipant, version
		to, err := c.follow(ctx, op, variables, relation)
		if err != nil {
			return err
		}
		_, err = c.do(ctx, call{op: op, method: http.MethodPut, url: to, body: struct{}{}, repeats: true})
		return err
	}
	if branch != "" {
		if err := put(map[string]string{"branch": branch}, "pb:pacticipant-branch-version"); err != nil {
			return err
		}
	}
	for _, tag := range tags {
		if err := put(map[string]string{"tag": tag}, "pb:pacticipant-version-tag"); err != nil {
			return err
		}
	}
	return nil
}
