package suites_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/broker/brokertest"
	"github.com/fridaygate/fridaygate/contracts/pact"
)

// pactBroker is a real Pact Broker as a provider. Its states are brought about as any client does it, through its HTTP API, and
// without the client under test.
type pactBroker struct{ running brokertest.Broker }

// Name is the broker's name in pacts.
func (pactBroker) Name() string { return brokerName }

// URL is the broker's base URL.
func (b pactBroker) URL() string { return b.running.URL }

func (b pactBroker) states() pact.States {
	return pact.States{
		stateEmpty:       b.empty,
		stateSQLite:      b.empty, // that of the tests is
		stateStranger:    func(context.Context, *pact.Setup) error { return nil },
		statePublished:   b.publish,
		stateSelected:    b.selectPact,
		stateVerified:    b.verify,
		stateVersion:     b.version,
		stateEnvironment: b.environment,
		stateDeployed:    b.deploy,
		stateWebhook:     b.webhook,
	}
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// ask sends one request, and reads the answer into out, which may be nil.
func (b pactBroker) ask(ctx context.Context, method, path string, body, out any) error {
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, b.running.URL+path, sent)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", basic(b.running.Username, b.running.Password))
	request.Header.Set("Accept", "application/hal+json")
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		return err
	case response.StatusCode >= 300:
		return &statusError{response.StatusCode, fmt.Sprintf("%s %s: %s: %s", method, path, response.Status, text)}
	case out == nil:
		return nil
	}
	return json.Unmarshal(text, out)
}

// statusError is an answer of the broker's that is not 2xx.
type statusError struct {
	code int
	text string
}

func (e *statusError) Error() string { return e.text }

// authorise puts the broker's credentials in the place of the mock's, which it does not know.
func (b pactBroker) authorise(r *http.Request, _ []byte, s *pact.Setup) error {
	if s.Interaction.States[0].Name != stateStranger {
		r.SetBasicAuth(b.running.Username, b.running.Password)
	}
	return nil
}

// empty deletes what earlier interactions left. The pacticipants of the pact are web and api, with whatever belongs to them.
func (b pactBroker) empty(ctx context.Context, _ *pact.Setup) error {
	for _, name := range []string{"web", "api"} {
		err := b.ask(ctx, "DELETE", "/pacticipants/"+name, nil, nil)
		if status := new(statusError); errors.As(err, &status) && status.code == http.StatusNotFound {
			continue
		}
		if err != nil {
			return err
		}
	}
	type address struct{ Href string }
	var all struct {
		Embedded struct {
			Environments []struct {
				Links struct{ Self address } `json:"_links"`
			}
		} `json:"_embedded"`
		Links struct {
			Webhooks []address `json:"pb:webhooks"`
		} `json:"_links"`
	}
	for _, path := range []string{"/environments", "/webhooks"} {
		if err := b.ask(ctx, "GET", path, nil, &all); err != nil {
			return err
		}
	}
	left := all.Links.Webhooks
	for _, one := range all.Embedded.Environments {
		left = append(left, one.Links.Self)
	}
	for _, one := range left {
		if err := b.ask(ctx, "DELETE", strings.TrimPrefix(one.Href, b.running.URL), nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// publish publishes a pact.
func (b pactBroker) publish(ctx context.Context, s *pact.Setup) error {
	var p struct{ Consumer, Provider, Version, Branch, Interaction string }
	if err := params(s, &p); err != nil {
		return err
	}
	return b.ask(ctx, "POST", "/contracts/publish", object{
		"pacticipantName": p.Consumer, "pacticipantVersionNumber": p.Version, "branch": p.Branch,
		"contracts": list{object{
			"consumerName": p.Consumer, "providerName": p.Provider, "content": webPact(p.Consumer, p.Provider, p.Interaction).Content,
			"contentType": "application/json", "specification": "pact",
		}},
	}, nil)
}

// selectPact asks for the pact that a provider must verify, and returns its path, as pact.
func (b pactBroker) selectPact(ctx context.Context, s *pact.Setup) error {
	var p struct{ Provider, Branch string }
	if err := params(s, &p); err != nil {
		return err
	}
	var found struct {
		Embedded struct {
			Pacts []struct {
				Links struct{ Self struct{ Href string } } `json:"_links"`
			}
		} `json:"_embedded"`
	}
	selectors := object{"consumerVersionSelectors": list{object{"branch": p.Branch}}}
	if err := b.ask(ctx, "POST", "/pacts/provider/"+p.Provider+"/for-verification", selectors, &found); err != nil {
		return err
	}
	if len(found.Embedded.Pacts) != 1 {
		return fmt.Errorf("%d pacts are for verification by %s: want 1", len(found.Embedded.Pacts), p.Provider)
	}
	s.Return("pact", strings.TrimPrefix(found.Embedded.Pacts[0].Links.Self.Href, b.running.URL))
	return nil
}

// verify publishes the result of verifying the pact that an earlier state selected, and returns the result's path, as result.
func (b pactBroker) verify(ctx context.Context, s *pact.Setup) error {
	var p struct {
		Version, Branch string
		Success         bool
	}
	if err := params(s, &p); err != nil {
		return err
	}
	path, ok := s.Value("pact").(string)
	if !ok {
		return fmt.Errorf("no pact is selected: want the state %q before this one", stateSelected)
	}
	if err := b.ask(ctx, "PUT", "/pacticipants/api/branches/"+p.Branch+"/versions/"+p.Version, object{}, nil); err != nil {
		return err
	}
	test := object{"interactionDescription": "a price", "success": p.Success}
	if !p.Success {
		test["mismatches"] = list{object{"attribute": "body", "identifier": "$.price", "description": "expected 1, but got nothing"}}
	}
	var published struct {
		Links struct{ Self struct{ Href string } } `json:"_links"`
	}
	err := b.ask(ctx, "POST", path+"/verification-results",
		object{"success": p.Success, "providerApplicationVersion": p.Version, "testResults": list{test}}, &published)
	s.Return("result", strings.TrimPrefix(published.Links.Self.Href, b.running.URL))
	return err
}

// version records a version on a branch.
func (b pactBroker) version(ctx context.Context, s *pact.Setup) error {
	var p struct{ Pacticipant, Version, Branch string }
	if err := params(s, &p); err != nil {
		return err
	}
	return b.ask(ctx, "PUT", "/pacticipants/"+p.Pacticipant+"/branches/"+p.Branch+"/versions/"+p.Version, object{}, nil)
}

// environment creates an environment, and returns its id, as environment.
func (b pactBroker) environment(ctx context.Context, s *pact.Setup) error {
	var p struct {
		Name       string
		Production bool
	}
	if err := params(s, &p); err != nil {
		return err
	}
	var created struct{ UUID string }
	err := b.ask(ctx, "POST", "/environments", object{"name": p.Name, "production": p.Production}, &created)
	s.Return("environment", created.UUID)
	return err
}

// deploy records that a version is deployed to the environment that an earlier state created, and returns the record's id, as
// deployed.
func (b pactBroker) deploy(ctx context.Context, s *pact.Setup) error {
	var p struct{ Pacticipant, Version string }
	if err := params(s, &p); err != nil {
		return err
	}
	to, ok := s.Value("environment").(string)
	if !ok {
		return fmt.Errorf("there is no environment: want the state %q before this one", stateEnvironment)
	}
	var recorded struct{ UUID string }
	err := b.ask(ctx, "POST", "/pacticipants/"+p.Pacticipant+"/versions/"+p.Version+"/deployed-versions/environment/"+to, object{}, &recorded)
	s.Return("deployed", recorded.UUID)
	return err
}

// webhook creates a webhook for a provider's pacts, to where nobody listens.
func (b pactBroker) webhook(ctx context.Context, s *pact.Setup) error {
	var p struct{ UUID, Provider string }
	if err := params(s, &p); err != nil {
		return err
	}
	return b.ask(ctx, "PUT", "/webhooks/"+p.UUID, object{
		"provider": object{"name": p.Provider}, "events": list{object{"name": "contract_requiring_verification_published"}},
		"request": object{"method": "POST", "url": "https://ci.invalid/dispatches"},
	}, nil)
}

// params reads all parameters of the state at hand into a struct, which has a field for each.
func params(s *pact.Setup, into any) error {
	text, err := json.Marshal(s.Params)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}
