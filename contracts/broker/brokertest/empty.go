package brokertest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/fridaygate/fridaygate/providers/container"
)

// empty removes all webhooks and environments, and on PostgreSQL all pacticipants, with whatever belongs to them.
func (s *shared) empty(ctx context.Context) error {
	paths := []string{"/webhooks", "/environments"}
	if s.options.Postgres {
		paths = append(paths, "/pacticipants")
	}
	var found struct {
		Links struct {
			Webhooks []link `json:"pb:webhooks"`
		} `json:"_links"`
		Embedded struct {
			Environments, Pacticipants []struct {
				Links struct{ Self link } `json:"_links"`
			}
		} `json:"_embedded"`
	}
	for _, path := range paths {
		if err := ask(ctx, s.broker, http.MethodGet, s.broker.URL+path, &found); err != nil {
			return err
		}
	}
	all := found.Links.Webhooks
	for _, e := range append(found.Embedded.Environments, found.Embedded.Pacticipants...) {
		all = append(all, e.Links.Self)
	}
	for _, one := range all {
		if err := ask(ctx, s.broker, http.MethodDelete, one.Href, nil); err != nil {
			return err
		}
	}
	return nil
}

type link struct{ Href string }

// ask sends one request to the broker, and decodes its answer into the value, unless that is nil.
func ask(ctx context.Context, b *container.PactBroker, method, url string, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return err
	}
	request.SetBasicAuth(b.Username, b.Password)
	request.Header.Set("Accept", "application/hal+json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s: %s", method, url, answer.Status)
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(answer.Body).Decode(into)
}
