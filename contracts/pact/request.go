package pact

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// readRequest reads the message that the verifier wants answered; nil when it asks for one that the provider sends by itself.
func readRequest(from io.Reader) (*Message, error) {
	var call struct {
		Request *struct {
			Contents struct {
				Content     json.RawMessage
				ContentType string
				Encoded     any // false, or how a string has the content
			}
			Metadata json.RawMessage
		}
	}
	if err := json.NewDecoder(from).Decode(&call); err != nil {
		return nil, fmt.Errorf("the verifier's request: %w", err)
	}
	if call.Request == nil {
		return nil, nil
	}
	m := &Message{}
	if call.Request.Metadata != nil {
		if err := exactly(call.Request.Metadata, &m.Metadata); err != nil {
			return nil, fmt.Errorf("metadata: %w", err)
		}
	}
	contents := call.Request.Contents
	var text string
	encoded, isEncoded := contents.Encoded.(string)
	plain := !isEncoded && strings.Contains(contents.ContentType, "json")
	if plain || json.Unmarshal(contents.Content, &text) != nil {
		m.Body = contents.Content
		return m, nil
	}
	m.Body = []byte(text)
	if encoded == "base64" {
		body, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, fmt.Errorf("contents: %w", err)
		}
		m.Body = body
	}
	return m, nil
}
