package broker

import (
	"errors"
	"fmt"

	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// What went wrong, for errors.Is. An error of this package is one of these, and ErrUnknownProvider is ErrNotFound
// too. A call that its caller cancelled is none of them: it is context.Canceled.
var (
	// nothing was sent: the configuration, or what was asked, is wrong
	ErrUsage              = errors.New("wrong usage")
	ErrUnreachable        = errors.New("the broker is not reached")                // name, network, TLS, timeout
	ErrUnauthorised       = errors.New("the broker refuses the credentials")       // 401, 403
	ErrNotFound           = errors.New("the broker does not have it")              // 404
	ErrUnknownProvider    = errors.New("the broker does not know the provider")    // no pact with it was published
	ErrNoPacts            = errors.New("no pact is selected")                      // the provider is known, and nothing matches
	ErrBadRequest         = errors.New("the broker refuses the request")           // 400 and other 4xx, with the broker's reason
	ErrUnexpected         = errors.New("the answer is not a broker's")             // HTML, broken or endless JSON, 3xx, 5xx
	ErrConflict           = errors.New("the version exists with other content")    // 409
	ErrUnknownPacticipant = errors.New("the broker does not know the pacticipant") // 404
	ErrUnknownVersion     = errors.New("the broker does not know the version")     // 404
	ErrUnknownEnvironment = errors.New("the broker does not know the environment")
	ErrWebhookFailed      = errors.New("the webhook could not be delivered")
	ErrNotDeployed        = errors.New("it is not deployed there")
	ErrElsewhere          = errors.New("a link leads to another address than the broker's") // the credentials are not sent there
)

// Error is why the broker's answer could not be read. Its text says where, what, and what to do, and holds no credentials.
type Error struct {
	Op     string // what was being done: "fetch the pacts that invoices must verify"
	URL    string // where, without user, password and query; empty: nowhere in particular
	Kind   error  // one of the Err values
	Status int    // of the answer; zero: there was none
	Reason string // what happened, with the broker's own words if it had some
	Advice string // what to do; may be empty
	Cause  error  // may be nil
	Sent   bool   // the request may have had its effect, and was not sent again, as it is not idempotent
}

// Error returns the text, on one line.
func (e *Error) Error() string {
	text := e.Op + ": "
	if e.URL != "" {
		text += e.URL + ": "
	}
	text += e.Reason
	if e.Advice != "" {
		text += "; " + e.Advice
	}
	return text
}

// Unwrap returns the kind and the cause.
func (e *Error) Unwrap() []error {
	all := []error{e.Kind}
	if errors.Is(e.Kind, ErrUnknownProvider) {
		all = append(all, ErrNotFound)
	}
	if e.Cause != nil {
		all = append(all, e.Cause)
	}
	return all
}

// Verdict is Unknown, whatever went wrong.
func (e *Error) Verdict() verdict.Verdict { return verdict.Unknown }

func usage(op, format string, args ...any) *Error {
	return &Error{Op: op, Kind: ErrUsage, Reason: fmt.Sprintf(format, args...)}
}
