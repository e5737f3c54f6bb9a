package consumer

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"strings"
)

// anyBoundary ends the Content-Type rule of a multipart body that libpact_ffi builds. It generates a new boundary each
// time, and the rule matches any.
const anyBoundary = `boundary=.*`

var boundaryParam = regexp.MustCompile(`boundary="?([^";\s]+)"?`)

// steadyBoundary replaces the multipart boundaries of an interaction by ones that depend on the content alone, where
// the boundary was libpact_ffi's choice. One that the consumer chose stays.
func steadyBoundary(interaction map[string]any) {
	for _, part := range []string{"request", "response"} {
		message, _ := interaction[part].(map[string]any) // of a message with an answer, response is a list
		headers, _ := message["headers"].(map[string]any)
		body, _ := message["body"].(map[string]any)
		types, _ := headers["Content-Type"].([]any)
		text, _ := body["content"].(string)
		if len(types) != 1 || body["encoded"] != "base64" || !passesAnyBoundary(message) {
			continue
		}
		header, _ := types[0].(string)
		found := boundaryParam.FindStringSubmatch(header)
		content, err := base64.StdEncoding.DecodeString(text)
		if found == nil || err != nil {
			continue
		}
		old := found[1]
		sum := sha256.Sum256(bytes.ReplaceAll(content, []byte("--"+old), []byte("--")))
		steady := hex.EncodeToString(sum[:8])
		types[0] = strings.ReplaceAll(header, old, steady)
		body["content"] = base64.StdEncoding.EncodeToString(bytes.ReplaceAll(content, []byte("--"+old), []byte("--"+steady)))
	}
}

// passesAnyBoundary reports whether the message's rule for Content-Type leaves the boundary open.
func passesAnyBoundary(message map[string]any) bool {
	rules, _ := message["matchingRules"].(map[string]any)
	header, _ := rules["header"].(map[string]any)
	rule, _ := header["Content-Type"].(map[string]any)
	list, _ := rule["matchers"].([]any)
	for _, one := range list {
		matcher, _ := one.(map[string]any)
		if pattern, _ := matcher["regex"].(string); strings.HasSuffix(pattern, anyBoundary) {
			return true
		}
	}
	return false
}
