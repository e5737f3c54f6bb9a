package providers_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/providers"
)

func TestASpecSaysAllItsErrorsAtOnce(t *testing.T) {
	_, err := providers.Spec{
		Name: "In voices", Port: 70000, Ready: "readyz", ReadyTimeout: -time.Second,
		Needs: []providers.Need{{}, {Kind: providers.KindPostgres, Name: "db"}, {Kind: providers.KindRedis, Name: "db"}},
	}.Complete()
	for _, want := range []string{
		`Name "In voices"`, "Port 70000", `Ready "readyz"`, "ReadyTimeout -1s", `its Kind is ""`, `two things are named "db"`,
	} {
		require.ErrorContains(t, err, want)
	}
}

func TestASpecHasDefaults(t *testing.T) {
	spec, err := providers.Spec{
		Name: "a", Needs: []providers.Need{{Kind: providers.KindRedis}, providers.Service(providers.Spec{Name: "b"})},
	}.Complete()
	require.NoError(t, err)
	require.Equal(t, 8080, spec.Port)
	require.Equal(t, "/readyz", spec.Ready)
	require.Equal(t, time.Minute, spec.ReadyTimeout)
	require.Equal(t, "redis", spec.Needs[0].Name)
	require.Equal(t, "b", spec.Needs[1].Name)
	require.Equal(t, 8080, spec.Needs[1].Spec.Port)
}

func TestPlaceholdersBecomeAddresses(t *testing.T) {
	spec := providers.Spec{Name: "a", Env: map[string]string{"B": "{postgres}?sslmode=disable", "A": `{"json": 1}`, "C": "{redis},{redis}"}}
	env, err := spec.Environment(map[string]string{"postgres": "postgres://p", "redis": "redis://r"})
	require.NoError(t, err)
	require.Equal(t, []string{`A={"json": 1}`, "B=postgres://p?sslmode=disable", "C=redis://r,redis://r"}, env)
	_, err = spec.Environment(map[string]string{"redis": "redis://r"})
	require.ErrorContains(t, err, `Env B: {postgres} has no address`)
}
