package consumer

import (
	"bytes"
	"encoding/base64"
)

// standIn is the prefix of the text that replaces a binary body until pact-go has written it.
const standIn = "fridaygate-binary:"

// Binary is a message's body of any bytes, for WithContent: pact-go hands that body on as a C string, and all from
// the first zero byte on would be lost without a word. The pact and the test get the body itself. For HTTP
// there is pact-go's BinaryBody.
func Binary(body []byte) []byte {
	return []byte(standIn + base64.StdEncoding.EncodeToString(body))
}

// original returns the body that a stand-in replaces, or the body itself.
func original(body []byte) []byte {
	encoded, ok := bytes.CutPrefix(body, []byte(standIn))
	if !ok {
		return body
	}
	decoded, err := base64.StdEncoding.DecodeString(string(encoded))
	if err != nil {
		return body
	}
	return decoded
}

// realBodies replaces the stand-ins in a message and in its answers by the real bodies.
func realBodies(interaction map[string]any) {
	all := []any{interaction, interaction["request"]}
	if answers, ok := interaction["response"].([]any); ok {
		all = append(all, answers...)
	}
	for _, one := range all {
		message, _ := one.(map[string]any)
		contents, _ := message["contents"].(map[string]any)
		text, _ := contents["content"].(string)
		content := []byte(text)
		if contents["encoded"] == "base64" {
			var err error
			if content, err = base64.StdEncoding.DecodeString(text); err != nil {
				continue
			}
		}
		if bytes.HasPrefix(content, []byte(standIn)) {
			contents["content"], contents["encoded"] = base64.StdEncoding.EncodeToString(original(content)), "base64"
		}
	}
}
