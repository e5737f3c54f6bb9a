package webhook

import (
	"net/http"

	"github.com/fridaygate/fridaygate/contracts/schema/yamlfile"
	"github.com/fridaygate/fridaygate/smoke/senders"
	"github.com/fridaygate/fridaygate/smoke/sign"
)

// read returns the contract of a webhook.yaml, put over the profile of its sender, and the file.
func read(path string, text []byte) (*Contract, *yamlfile.Document, error) {
	own := &Contract{}
	document, err := decode(SchemaFile, path, text, own)
	if err != nil {
		return nil, nil, err
	}
	name := own.profile()
	if name == "" {
		own.Endpoint.Headers = merged(nil, own.Endpoint.Headers)
		return own, document, nil
	}
	c, err := Profile(name)
	if err != nil {
		return nil, nil, document.Mistake("sender", "%v", err)
	}
	c.makeRoom(own)
	headers := merged(c.Endpoint.Headers, own.Endpoint.Headers)
	if err := document.Decode(c); err != nil {
		return nil, nil, err
	}
	c.Sender, c.Endpoint.Headers = name, headers
	return c, document, nil
}

// Profile returns the profile of a sender. If there is none, the error suggests the nearest name.
func Profile(name string) (*Contract, error) {
	text, err := senders.Open(name)
	if err != nil {
		return nil, err
	}
	c := &Contract{Sender: name}
	if _, err := decode(senderSchemaFile, "profile "+name, text, c); err != nil {
		return nil, err
	}
	return c, nil
}

// decode reads a file of the kind that a schema describes.
func decode(schema, path string, text []byte, into *Contract) (*yamlfile.Document, error) {
	kind, err := kinds[schema]()
	if err != nil {
		return nil, err
	}
	document, err := kind.Read(path, text)
	if err != nil {
		return nil, err
	}
	return document, document.Decode(into)
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
