package verification

import (
	"encoding/json"
	"strconv"
)

func (m nativeMismatch) mismatch() Mismatch {
	part := map[string]string{
		"StatusMismatch": "status", "HeaderMismatch": "header", "BodyMismatch": "body",
		"BodyTypeMismatch": "body", "MetadataMismatch": "metadata",
	}[m.Type]
	if part == "" {
		part = m.Type
	}
	path := m.Path
	if path == "" {
		path = m.Key
	}
	return Mismatch{Part: part, Path: path, Expected: plain(m.Expected), Actual: plain(m.Actual), Text: m.Mismatch}
}

// plain shows a value of the verifier's report: it wraps most values into a JSON string.
func plain(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return string(raw)
	}
	if s == "" {
		return "(nothing)"
	}
	if unquoted, err := strconv.Unquote(s); err == nil {
		return strconv.Quote(unquoted)
	}
	return s
}
