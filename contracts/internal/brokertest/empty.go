package brokertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/fridaygate/fridaygate/providers/container"
)

// empty removes all webhooks and environments, with what is deployed there.
func empty(ctx context.Context, b *container.PactBroker) error {
	var webhooks struct {
		Links struct {
			Webhooks []link `json:"pb:webhooks"`
		} `json:"_links"`
	}
	var environments struct {
		Embedded struct {
			Environments []struct {
				Links struct{ Self link } `json:"_links"`
			}
		} `json:"_embedded"`
	}
	err := errors.Join(
		ask(ctx, b, http.MethodGet, b.URL+"/webhooks", &webhooks),
		ask(ctx, b, http.MethodGet, b.URL+"/environments", &environments),
	)
	if err != nil {
		return err
	}
	all := webhooks.Links.Webhooks
	for _, e := range environments.Embedded.Environments {
		all = append(all, e.Links.Self)
	}
	for _, one := range all {
		if err := ask(ctx, b, http.MethodDelete, one.Href, nil); err != nil {
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
