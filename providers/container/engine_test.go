package container

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestACallThatTheEngineDoesNotAnswerEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		silent := func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}
		began := time.Now()
		err := call(t.Context(), callTimeout, "wait", "remove the network", silent)
		require.ErrorIs(t, err, ErrEngineSilent)
		require.ErrorContains(t, err, "remove the network: the Docker engine does not answer this call within 2m0s; "+
			"is the machine overloaded? If it is only slow, wait")
		require.Equal(t, callTimeout, time.Since(began))

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err = call(ctx, callTimeout, "wait", "remove the network", silent)
		require.NotErrorIs(t, err, ErrEngineSilent, "the caller's own limit says nothing about the engine")
		require.ErrorIs(t, err, context.DeadlineExceeded)

		refused := errors.New("refused")
		require.ErrorIs(t, call(t.Context(), callTimeout, "wait", "x", func(context.Context) error { return refused }), refused)
		require.NoError(t, call(t.Context(), callTimeout, "wait", "x", func(context.Context) error { return nil }))
	})
}

func TestPublishedPortsAreNotReachedThroughIPv6OfLocalhost(t *testing.T) {
	require.Equal(t, []string{"127.0.0.1"}, hosts("localhost"))
	require.Equal(t, []string{"docker.example", "127.0.0.1"}, hosts("docker.example"))
}
