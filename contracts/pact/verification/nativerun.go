package verification

import (
	"encoding/json"
	"net"
	"time"
)

// NativeRun is one run of the library's verifier.
type NativeRun struct {
	Provider string
	Files    []string
	HTTP     net.Addr // where the provider's interactions are sent
	Messages string   // URL path and address of the message server
	MsgAddr  net.Addr
	States   string        // URL of the state server
	Timeout  time.Duration // of every request that the verifier makes
}

// Native runs libpact_ffi's verifier to its end. It needs cgo, so package pact has it.
type Native func(NativeRun) (*NativeResult, error)

// NativeResult is the part of pactffi_verifier_json's result that is used.
type NativeResult struct {
	Errors  []nativeError `json:"errors"`
	Results []struct {
		Description string `json:"description"`
		Result      string `json:"result"` // "OK" or "Error"
	} `json:"interactionResults"`
	Logs string `json:"-"`
}

type nativeError struct {
	Interaction string `json:"interaction"`
	Mismatch    struct {
		Type       string           `json:"type"` // "mismatches" or "error"
		Message    string           `json:"message"`
		Mismatches []nativeMismatch `json:"mismatches"`
	} `json:"mismatch"`
}

type nativeMismatch struct {
	Type     string          `json:"type"`
	Path     string          `json:"path"`
	Key      string          `json:"key"`
	Expected json.RawMessage `json:"expected"`
	Actual   json.RawMessage `json:"actual"`
	Mismatch string          `json:"mismatch"`
}
