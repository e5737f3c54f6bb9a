package verification

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"runtime/debug"
	"slices"
	"time"

	"github.com/fridaygate/fridaygate/contracts/spelling"
)

// StateFunc brings the provider into a state, for one interaction. It must be done when it returns,
// and must honour ctx. An error or a panic fails the interaction at once; the provider is not asked then.
type StateFunc func(ctx context.Context, s *Setup) error

// States names the state functions as pacts name the states.
type States map[string]StateFunc

// Setup is the preparation of one interaction, which its state functions share.
type Setup struct {
	Interaction Interaction
	Params      map[string]any // the current state's parameters, numbers as json.Number; never nil
	Request     *Message       // for the message function: the message to answer; nil when the provider sends unasked

	needs    []stateValue // what the interaction's generators need
	values   map[string]any
	cleanups []func(context.Context) error
}

// Return sets a value for the pact's generators, and for the message and filter functions.
func (s *Setup) Return(name string, value any) {
	if s.values == nil {
		s.values = map[string]any{}
	}
	s.values[name] = value
}

// Value is what a state function gave to Return under that name; nil if none did.
func (s *Setup) Value(name string) any { return s.values[name] }

// Cleanup has f run after the interaction, last one first, whatever became of it.
func (s *Setup) Cleanup(f func(context.Context) error) { s.cleanups = append(s.cleanups, f) }

// setUp runs the functions of the interaction's states, in order.
func (s *Setup) setUp(ctx context.Context, before StateFunc, states States) error {
	if before != nil {
		s.Params = map[string]any{}
		if err := guard(ctx, func() error { return before(ctx, s) }); err != nil {
			return fmt.Errorf("before the interaction: %w", err)
		}
	}
	for _, state := range s.Interaction.States {
		s.Params = state.Params
		if s.Params == nil {
			s.Params = map[string]any{}
		}
		if err := guard(ctx, func() error { return states[state.Name](ctx, s) }); err != nil {
			return fmt.Errorf("provider state %q: %w", state.Name, err)
		}
	}
	return nil
}

// tearDown runs every cleanup, even after one has failed.
func (s *Setup) tearDown(ctx context.Context) error {
	var all []error
	for _, f := range slices.Backward(s.cleanups) {
		if err := guard(ctx, func() error { return f(ctx) }); err != nil {
			all = append(all, fmt.Errorf("cleanup: %w", err))
		}
	}
	s.cleanups = nil
	return errors.Join(all...)
}

// panicError is a panic of a function that was given to Verify.
type panicError struct {
	value any
	stack string
}

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v\n%s", p.value, p.stack) }

// guard turns a panic of f, its leaving by runtime.Goexit, and its missing the end of ctx into errors: the
// servers that call f must live on.
func guard(ctx context.Context, f func() error) error {
	done := make(chan error, 1)
	go func() {
		err := errors.New("the function ended its goroutine (a t.FailNow in it?): it must return an error")
		defer func() {
			if v := recover(); v != nil {
				err = &panicError{v, string(debug.Stack())}
			}
			done <- err
		}()
		err = f()
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(grace):
		return fmt.Errorf("the function did not end with its context: %w", ctx.Err())
	}
}

// grace is how long a function may go on after its context has ended.
const grace = 100 * time.Millisecond

// unreachable reports whether err is about reaching something, and so not about a contract.
func unreachable(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// missing returns a message for every state of the interaction that has no function.
func (states States) missing(i Interaction) []string {
	var all []string
	for _, s := range i.States {
		if states[s.Name] != nil {
			continue
		}
		text := fmt.Sprintf("no function for the provider state %q", s.Name)
		if near, _ := spelling.Nearest(s.Name, slices.Sorted(maps.Keys(states))); near != "" {
			text += fmt.Sprintf(": the nearest is %q", near)
		}
		all = append(all, text)
	}
	return all
}

// unused returns the names of the functions that no interaction uses.
func (states States) unused(files []*file) []string {
	asked := map[string]bool{}
	for _, f := range files {
		for _, i := range f.interactions {
			for _, s := range i.States {
				asked[s.Name] = true
			}
		}
	}
	var all []string
	for name := range states {
		if !asked[name] {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}
