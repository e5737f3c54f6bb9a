package broker_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
)

// linksOfThePact returns the links of the index that the client's own pact needs.
func linksOfThePact(t *testing.T) map[string]any {
	t.Helper()
	text, err := os.ReadFile("../pacts/fridaygate-pact_broker.json")
	require.NoError(t, err)
	var pact struct {
		Interactions []struct {
			Description string
			Response    struct {
				Body struct {
					Content struct {
						Links map[string]any `json:"_links"`
					}
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal(text, &pact))
	for _, i := range pact.Interactions {
		if i.Description == "the index" {
			require.NotEmpty(t, i.Response.Body.Content.Links)
			return i.Response.Body.Content.Links
		}
	}
	t.Fatal("the pact has no interaction for the index")
	return nil
}

// checks runs Check against a broker with these links. Its environments are answered with the status.
func checks(t *testing.T, links map[string]any, status int) error {
	t.Helper()
	links = maps.Clone(links)
	if _, ok := links["pb:environments"]; ok {
		links["pb:environments"] = map[string]string{"href": "/environments"}
	}
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			require.NoError(t, json.NewEncoder(w).Encode(map[string]any{"_links": links}))
			return
		}
		answer(status, "application/hal+json", `{"_embedded":{"environments":[]}}`)(w, r)
	})
	client, err := broker.New(broker.Config{URL: url, Token: token})
	require.NoError(t, err)
	return client.Check(t.Context())
}

func TestCheckNeedsEveryLinkThatThePactNeeds(t *testing.T) {
	all := linksOfThePact(t)
	require.NoError(t, checks(t, all, 200))
	for _, relation := range slices.Sorted(maps.Keys(all)) {
		less := maps.Clone(all)
		delete(less, relation)
		err := checks(t, less, 200)
		require.ErrorIs(t, err, broker.ErrUnexpected, relation)
		require.ErrorContains(t, err, "its index has no link "+relation+";")
	}
}

func TestCheckOnlyReads(t *testing.T) {
	var asked []string
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method)
		answer(401, "text/plain", "")(w, r)
	})
	client, err := broker.New(broker.Config{URL: url, Token: token})
	require.NoError(t, err)
	require.ErrorIs(t, client.Check(t.Context()), broker.ErrUnauthorised)
	require.Equal(t, []string{http.MethodGet}, asked)

	err = checks(t, linksOfThePact(t), 403)
	require.ErrorIs(t, err, broker.ErrUnauthorised, "the index is open, and the rest is not")
}

func TestCheckWithoutABrokerIsWrongUsage(t *testing.T) {
	client, err := broker.New(broker.Config{})
	require.NoError(t, err)
	require.ErrorIs(t, client.Check(t.Context()), broker.ErrUsage)
	require.Empty(t, client.Address())
}
