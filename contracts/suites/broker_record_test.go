package suites_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/consumer"
)

// environments is the request for the list of environments, of which production is the only one.
func environments() exchange {
	return exchange{
		description: "the environments", states: []consumer.ProviderState{environment("production")},
		method: "GET", path: "/environments", status: 200,
		answer: object{"_embedded": object{"environments": list{object{
			"uuid": words(someUUID), "name": "production", "displayName": words("Production"), "production": true,
			"_links": object{
				"pb:currently-deployed-deployed-versions":  hrefWithID("/environments/", "/deployed-versions/currently-deployed"),
				"pb:currently-supported-released-versions": hrefWithID("/environments/", "/released-versions/currently-supported"),
			},
		}}}},
	}
}

// standing is the request for the versions of a pacticipant in production, of which there is one.
func standing(description, what, list, pacticipant, version string, states ...consumer.ProviderState) exchange {
	return exchange{
		description: description, states: states, method: "GET",
		path: "/environments/" + someUUID + "/" + what, from: "/environments/${environment}/" + what,
		query: map[string]string{"pacticipant": pacticipant}, status: 200,
		answer: object{"_embedded": object{list: []any{object{
			"_embedded": object{"pacticipant": object{"name": pacticipant}, "version": object{"number": version}},
			"_links":    object{"self": hrefWithID("/deployed-versions/", "")},
		}}}},
	}
}

func (s brokerSuite) records() {
	ready := []consumer.ProviderState{published(), environment("production")}
	to := func(what string) object {
		return named("production", hrefWithID("/pacticipants/web/versions/1/"+what+"/environment/", ""))
	}
	version := exchange{
		description: "a version", states: ready, method: "GET", path: "/pacticipants/web/versions/1", status: 200,
		answer: links(object{"pb:record-deployment": list{to("deployed-versions")}, "pb:record-release": list{to("released-versions")}}),
	}
	recording := func(description, what string, body object) exchange {
		at := "/pacticipants/web/versions/1/" + what + "/environment/"
		return exchange{
			description: description, states: ready, method: "POST", path: at + someUUID, from: at + "${environment}", body: body, status: 201,
		}
	}
	d := broker.Deployment{Pacticipant: "web", Version: "1", Environment: "production"}
	s.client("record a deployment", []exchange{brokerIndex(), version, recording("a deployment", "deployed-versions", object{})},
		func(t *testing.T, c *broker.Client) { require.NoError(t, c.RecordDeployment(t.Context(), d)) })
	s.client("record a deployment of an instance", []exchange{
		brokerIndex(), version, recording("a deployment of an instance", "deployed-versions", object{"applicationInstance": "blue"}),
	}, func(t *testing.T, c *broker.Client) {
		d := d
		d.Instance = "blue"
		require.NoError(t, c.RecordDeployment(t.Context(), d))
	})
	s.client("record a release", []exchange{brokerIndex(), version, recording("a release", "released-versions", object{})},
		func(t *testing.T, c *broker.Client) { require.NoError(t, c.RecordRelease(t.Context(), d)) })

	s.client("record a deployment to an unknown environment", []exchange{brokerIndex(), version, environments()},
		func(t *testing.T, c *broker.Client) {
			err := c.RecordDeployment(t.Context(), broker.Deployment{Pacticipant: "web", Version: "1", Environment: "nowhere"})
			require.ErrorIs(t, err, broker.ErrUnknownEnvironment)
			require.ErrorContains(t, err, "it has: production")
		})

	there := append(ready[:len(ready):len(ready)], deployed("web", "1"))
	s.client("record an undeployment", []exchange{
		brokerIndex(), environments(),
		standing("what is deployed of a pacticipant", "deployed-versions/currently-deployed", "deployedVersions", "web", "1", there...),
		{
			description: "an undeployment", states: there,
			method: "PATCH", path: "/deployed-versions/" + someUUID, from: "/deployed-versions/${deployed}",
			body: object{"currentlyDeployed": false}, format: "application/merge-patch+json", status: 200,
		},
	}, func(t *testing.T, c *broker.Client) {
		require.NoError(t, c.RecordUndeployment(t.Context(), broker.Deployment{Pacticipant: "web", Environment: "production"}))
	})
}

func (s brokerSuite) listsAndCreates() {
	s.client("list environments", []exchange{brokerIndex(), environments()},
		func(t *testing.T, c *broker.Client) {
			all, err := c.Environments(t.Context())
			require.NoError(t, err)
			require.Len(t, all, 1)
			require.Equal(t, "production", all[0].Name)
			require.Equal(t, "Production", all[0].DisplayName)
			require.Equal(t, someUUID, all[0].UUID)
			require.True(t, all[0].Production)
		})

	creating := exchange{
		method: "POST", path: "/environments", body: object{"name": "production", "displayName": "Live", "production": true},
	}
	created, again := creating, creating
	created.description = "a new environment"
	again.description, again.states = "an environment of a name that is taken", []consumer.ProviderState{environment("production")}
	s.client("create an environment", []exchange{brokerIndex(), created.answered(201, nil)}, func(t *testing.T, c *broker.Client) {
		require.NoError(t, c.CreateEnvironment(t.Context(), "production", "Live", true))
	})
	s.client("create an environment again", []exchange{
		brokerIndex(), again.answered(400, refused(words("name 'production' is already used by an existing environment."))),
	}, func(t *testing.T, c *broker.Client) {
		err := c.CreateEnvironment(t.Context(), "production", "Live", true)
		require.ErrorIs(t, err, broker.ErrBadRequest)
		require.ErrorContains(t, err, "already used")
	})

	states := []consumer.ProviderState{published()}
	s.client("list branches", []exchange{
		brokerIndex(),
		{
			description: "a pacticipant", states: states, method: "GET", path: "/pacticipants/web", status: 200,
			answer: links(object{"pb:branches": href("/pacticipants/web/branches")}),
		},
		{
			description: "the branches of a pacticipant", states: states,
			method: "GET", path: "/pacticipants/web/branches", status: 200,
			answer: object{"_embedded": object{"branches": list{object{"name": "main", "createdAt": moment()}}}},
		},
	}, func(t *testing.T, c *broker.Client) {
		all, err := c.Branches(t.Context(), "web")
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.Equal(t, "main", all[0].Name)
		require.NotEmpty(t, all[0].Created)
	})
	s.client("list the branches of nobody", []exchange{brokerIndex(), {
		description: "a pacticipant that is not there", method: "GET", path: "/pacticipants/web", status: 404,
		answer: problemOf(words("No pacticipant with name 'web' found")),
	}}, func(t *testing.T, c *broker.Client) {
		_, err := c.Branches(t.Context(), "web")
		require.ErrorIs(t, err, broker.ErrUnknownPacticipant)
	})
}
