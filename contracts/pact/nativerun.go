package pact

import (
	"encoding/json"
	"net"
	"time"
)

// nativeRun is one run of the library's verifier.
type nativeRun struct {
	provider string
	files    []string
	http     net.Addr // where the provider's interactions are sent
	messages string   // URL path and address of the message server
	msgAddr  net.Addr
	states   string        // URL of the state server
	timeout  time.Duration // of every request that the verifier makes
}

// nativeResult is the part of pactffi_verifier_json's result that is used.
type nativeResult struct {
	Errors  []nativeError `json:"errors"`
	Results []struct {
		Description string `json:"description"`
		Result      string `json:"result"` // "OK" or "Error"
	} `json:"interactionResults"`
	logs string
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
