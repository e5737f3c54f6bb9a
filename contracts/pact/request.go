package pact

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// synchronous is the type of a message with an answer, in a pact.
const synchronous = "Synchronous/Messages"

// oneAnswer refuses a message with several answers: the library compares the first alone, and all would seem well.
func oneAnswer(r rawInteraction) error {
	var answers []json.RawMessage
	if err := json.Unmarshal(r["response"], &answers); err != nil {
		return fmt.Errorf("response: %w", err)
	}
	if len(answers) != 1 {
		return fmt.Errorf("a message with %d answers is not supported: only one would be compared", len(answers))
	}
	return nil
}

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
