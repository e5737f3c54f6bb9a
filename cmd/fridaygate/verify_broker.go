package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/broker"
)

// verifiedPacts are the flags of pact verifier about a Pact Broker. They reach the tests, where a
// contracts.PactOptions.Broker reads them, as variables, and override those.
type verifiedPacts struct {
	brokerAddress

	PactURL                  string   `name:"pact-url" placeholder:"URL" help:"Verify this pact alone, of a broker's webhook (PACT_URL)."`
	ConsumerVersionSelectors []string `sep:"none" placeholder:"JSON" help:"Which pacts (PACT_CONSUMER_VERSION_SELECTORS). Repeatable."`
	EnablePending            bool     `help:"A pact that was never kept must not fail the build (PACT_ENABLE_PENDING=true)."`
	IncludeWIPPactsSince     string   `name:"include-wip-pacts-since" placeholder:"DAY" help:"Add new pacts (PACT_INCLUDE_WIP_PACTS_SINCE)."`
	Publish                  bool     `help:"Publish the results to the broker (PACT_BROKER_PUBLISH_VERIFICATION_RESULTS=true)."`
	ProviderVersion          string   `placeholder:"VERSION" help:"Version that is verified (PACT_PROVIDER_VERSION). Default: the commit."`
	ProviderBranch           string   `placeholder:"NAME" help:"Its branch (PACT_PROVIDER_BRANCH). Default: detected as the version is."`
	ProviderTags             []string `placeholder:"NAME" help:"Its tags (PACT_PROVIDER_TAGS)."`
	BuildURL                 string   `name:"build-url" placeholder:"URL" help:"URL of the build (PACT_PROVIDER_BUILD_URL)."`
	AllowDirty               bool     `help:"Publish under git's commit although tracked files differ from it."`
}

// environment returns the variables of the flags as NAME=VALUE.
func (p verifiedPacts) environment(ctx context.Context, std streams) ([]string, error) {
	selectors, err := p.selectors()
	if err != nil {
		return nil, err
	}
	all := p.variables()
	maps.Copy(all, map[string]string{
		broker.VariablePactURL: p.PactURL, broker.VariableSelectors: selectors, broker.VariableWIP: p.IncludeWIPPactsSince,
		broker.VariablePending: word(p.EnablePending), broker.VariablePublish: word(p.Publish),
		broker.VariableProviderVersion: p.ProviderVersion, broker.VariableProviderBranch: p.ProviderBranch,
		broker.VariableProviderTags: strings.Join(p.ProviderTags, ","), broker.VariableProviderBuild: p.BuildURL,
	})
	if p.Publish || strings.EqualFold(std.getenv(broker.VariablePublish), "true") {
		if err := p.detect(ctx, std, all); err != nil {
			return nil, err
		}
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if all[name] != "" {
			list = append(list, name+"="+all[name])
		}
	}
	return list, nil
}

// word is the value of a variable whose flag is given.
func word(given bool) string { return map[bool]string{true: "true"}[given] }

// selectors returns all selectors as one list, or "".
func (p verifiedPacts) selectors() (string, error) {
	var all []json.RawMessage
	for _, text := range p.ConsumerVersionSelectors {
		if !strings.HasPrefix(strings.TrimSpace(text), "[") {
			text = "[" + text + "]"
		}
		if _, err := broker.ParseSelectors(text); err != nil {
			return "", fmt.Errorf("--consumer-version-selectors: %w", err)
		}
		var some []json.RawMessage
		if err := json.Unmarshal([]byte(text), &some); err != nil {
			return "", err
		}
		all = append(all, some...)
	}
	if len(all) == 0 {
		return "", nil
	}
	text, err := json.Marshal(all)
	return string(text), err
}

// detect fills in what is known of the build. A commit that is not the one in this folder is refused: GitHub, for one,
// names the default branch's commit to a build that repository_dispatch started, whatever was checked out.
func (p verifiedPacts) detect(ctx context.Context, std streams, all map[string]string) error {
	build := detect(ctx, std)
	named := cmp.Or(p.ProviderVersion, std.getenv(broker.VariableProviderVersion))
	here, err := git(ctx, "rev-parse", "HEAD")
	here = strings.TrimSpace(here)
	switch {
	case named != "":
	case build.Version == "":
		return errors.New("verify: the version is not known, as this is neither a build of a known CI system nor a git repository: " +
			"give --provider-version")
	case build.Dirty && !p.AllowDirty:
		return fmt.Errorf("verify: tracked files differ from commit %s, so something else would be verified: "+
			"commit first, or give --provider-version or --allow-dirty", build.Version)
	case err == nil && here != build.Version:
		return fmt.Errorf("verify: %s names the commit %s, and %s is checked out: give --provider-version", build.System, build.Version, here)
	}
	if commit.MatchString(named) && named != build.Version {
		build.Branch = "" // that of another commit
	}
	all[broker.VariableProviderVersion] = cmp.Or(named, build.Version)
	for name, found := range map[string]string{broker.VariableProviderBranch: build.Branch, broker.VariableProviderBuild: build.URL} {
		all[name] = cmp.Or(all[name], std.getenv(name), found)
	}
	return nil
}

// commit is a version that is a commit.
var commit = regexp.MustCompile(`^[0-9a-f]{40}$`)
