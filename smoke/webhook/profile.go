package webhook

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/fridaygate/fridaygate/smoke/senders"
	"github.com/fridaygate/fridaygate/smoke/sign"
)

// read returns the contract of a webhook.yaml, put over the profile of its sender.
func read(text []byte) (*Contract, error) {
	own := &Contract{}
	if err := decode(text, own); err != nil {
		return nil, err
	}
	name := own.profile()
	if name == "" {
		own.Endpoint.Headers = merged(nil, own.Endpoint.Headers)
		return own, nil
	}
	c, err := Profile(name)
	if err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	c.makeRoom(own)
	headers := merged(c.Endpoint.Headers, own.Endpoint.Headers)
	if err := decode(text, c); err != nil {
		return nil, err
	}
	c.Sender, c.Endpoint.Headers = name, headers
	return c, nil
}

// Profile returns what the profile of a sender says, alone and unchecked. The error names the profile whose name is
// nearest.
func Profile(name string) (*Contract, error) {
	text, err := senders.Open(name)
	if err != nil {
		return nil, err
	}
	c := &Contract{Sender: name}
	if err := decode(text, c); err != nil {
		return nil, fmt.Errorf("profile %s: %w", name, err)
	}
	return c, nil
}

// decode reads YAML over what c holds already, key by key; lists are replaced. The error shows the line.
func decode(text []byte, c *Contract) error {
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(c); err != nil {
		return errors.New(strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	return nil
}

// profile returns the name of the profile that applies; "" when none does.
func (c *Contract) profile() string {
	switch {
	case c.Sender == senders.None:
		return ""
	case c.Sender == "" && senders.Has(c.Signature.Scheme):
		return c.Signature.Scheme
	}
	return c.Sender
}

// makeRoom drops from a profile what another place or another scheme, named by the file, replaces as a whole, and a
// challenge for which the file names no token.
func (c *Contract) makeRoom(own *Contract) {
	if id := own.EventID; id.Header != "" || id.Pointer != "" || id.Form != "" || id.Fields != nil {
		c.EventID = EventID{Golden: c.EventID.Golden}
	}
	if own.EventType.Place != (Place{}) {
		c.EventType.Place = Place{}
	}
	if c.Challenge.mentions("{token}") && own.Challenge.TokenEnv == "" {
		c.Challenge = Challenge{} // the token is the receiver's to name
	}
	if scheme := own.Signature.Scheme; scheme != "" && scheme != c.Signature.Scheme {
		c.Signature.Config = sign.Config{}
	}
}

// merged returns the headers of both, those of the file over the profile's. One that the file leaves empty is not
// sent.
func merged(profile, file map[string]string) map[string]string {
	all := map[string]string{}
	for _, headers := range []map[string]string{profile, file} {
		for name, value := range headers {
			all[http.CanonicalHeaderKey(name)] = value
		}
	}
	for name, value := range all {
		if value == "" {
			delete(all, name)
		}
	}
	return all
}
