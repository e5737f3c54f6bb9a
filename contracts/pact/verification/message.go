package verification

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/exact"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Message is a message as the provider sent it.
type Message struct {
	Body     []byte
	Metadata map[string]any // what travels beside the body, such as contentType: nothing is added to it
}

// message answers the verifier with the current interaction's message.
func (s *stage) message(w http.ResponseWriter, r *http.Request) {
	p, ok := s.begin()
	if !ok {
		w.WriteHeader(http.StatusFailedDependency)
		return
	}
	m, err := s.ask(p, r.Body)
	metadata, jsonErr := json.Marshal(m.Metadata)
	if err = errors.Join(err, jsonErr); err != nil {
		s.fail(fmt.Errorf("message: %w", err))
		w.WriteHeader(http.StatusFailedDependency)
		return
	}
	w.Header()["Content-Type"] = nil // net/http would invent one
	if contentType, named := m.Metadata["contentType"]; named {
		w.Header().Set("Content-Type", fmt.Sprint(contentType))
	}
	if len(m.Metadata) > 0 {
		w.Header().Set("Pact-Message-Metadata", base64.StdEncoding.EncodeToString(metadata))
	}
	s.mu.Lock()
	p.answer, p.wire.message = m.Body, &m
	s.mu.Unlock()
	_, _ = w.Write(m.Body)
}

// lookAtMetadata makes a result Unknown if all that is wrong is a content type that the message function does not name:
// that is not about what the provider sent.
func (p *planned) lookAtMetadata(r *Result) {
	if p.wire.message == nil || p.err != nil || len(r.Mismatches) != 1 {
		return
	}
	m := r.Mismatches[0]
	if _, named := p.wire.message.Metadata[m.Path]; named || m.Part != "metadata" || m.Path != "contentType" {
		return
	}
	r.Verdict, r.Mismatches = verdict.Unknown, nil
	r.Reason = fmt.Sprintf("the pact demands the contentType %s, and the message function names none: "+
		"return it in Message.Metadata, as the provider sends it", m.Expected)
}

// ask calls the message function.
func (s *stage) ask(p *planned, call io.Reader) (m Message, err error) {
	ctx, cancel := context.WithTimeout(s.ctx, s.opts.Timeout)
	defer cancel()
	s.turn.Lock()
	defer s.turn.Unlock()
	err = guard(ctx, func() (err error) {
		if s.opts.Message == nil {
			return errors.New("the pact has messages, and there is no message function")
		}
		if p.setup.Request, err = readRequest(call); err != nil {
			return err
		}
		m, err = s.opts.Message(ctx, &p.setup)
		return err
	})
	return m, err
}

// readRequest reads the message that the verifier wants answered; nil when it is one that the provider sends unasked.
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
		if err := exact.Decode(call.Request.Metadata, &m.Metadata); err != nil {
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
